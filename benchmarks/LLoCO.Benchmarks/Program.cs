using BenchmarkDotNet.Running;
using LLoCO.Benchmarks.Asking;
using LLoCO.Benchmarks.Scale;
using LLoCO.Core.Index;
using LLoCO.Postgres;

// ./build.sh bench --list flat shows what there is; ./build.sh bench --filter '*Search*' runs some of it.
// ./build.sh bench storage measures kinds of columns in PostgreSQL.
// ./build.sh bench vectors measures searches by dense vectors.
// ./build.sh bench scale --help measures retrieval over many documents; benchmarks/retrieval-scale.sh compares two commits.
if (args is ["scale", ..])
{
    return await ScaleProgram.RunAsync(
        args[1..],
        async place => PostgresAddress.IsAddress(place) ? await PostgresRetrievalIndex.OpenAsync(place) : SqliteRetrievalIndex.Open(place),
        PracticeCorpus.Make);
}

// ./build.sh bench second --help measures further questions to one document.
if (args is ["second", ..])
{
    return await SecondQuestionProgram.RunAsync(args[1..]);
}

if (args is ["storage", ..])
{
    return await StorageProgram.RunAsync(args[1..]);
}

if (args is ["vectors", ..])
{
    return await VectorProgram.RunAsync(args[1..]);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
