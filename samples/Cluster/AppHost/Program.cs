// Three silos and a server as resources of an Aspire application. The tool must be built: dotnet build src/LLoCO.Tool -c Release
//
//   dotnet run --project samples/Cluster/AppHost
//
// LLOCO_CLUSTER names the folder that the silos share, LLOCO_INDEX the index: a file, or an address in PostgreSQL.

// The dashboard on this machine alone and without a certificate, unless the environment says otherwise.
foreach ((string name, string value) in new[]
{
    ("ASPIRE_ALLOW_UNSECURED_TRANSPORT", "true"), ("ASPNETCORE_URLS", "http://localhost:18888"),
    ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:18889"), ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://localhost:18890"),
})
{
    Environment.SetEnvironmentVariable(name, Environment.GetEnvironmentVariable(name) ?? value);
}

IDistributedApplicationBuilder builder = DistributedApplication.CreateBuilder(args);
string root = Path.GetFullPath("../../..", builder.AppHostDirectory);
string tool = Path.Combine(root, "src/LLoCO.Tool/bin/Release/net10.0/lloco.dll");
string folder = Environment.GetEnvironmentVariable("LLOCO_CLUSTER") ?? Path.Combine(root, "artifacts/cluster");
string index = Environment.GetEnvironmentVariable("LLOCO_INDEX") ?? Path.Combine(folder, "shared.db");
Directory.CreateDirectory(folder);

for (int silo = 1; silo <= 3; silo++)
{
    builder.AddExecutable($"silo-{silo}", "dotnet", root, tool, "work", "--folder", folder, "--index", index)
        .WithEnvironment("OMP_NUM_THREADS", "1");
}

builder.AddExecutable("server", "dotnet", root, tool, "serve", "--index", index, "--port", "8080");
builder.Build().Run();
