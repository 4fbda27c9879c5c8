using BenchmarkDotNet.Running;

// ./build.sh bench --list flat shows what there is; ./build.sh bench --filter '*Search*' runs some of it.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
