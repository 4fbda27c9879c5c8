using System.Net.Mime;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LLoCO.Server.OpenApi;

/// <summary>Describes the bodies that endpoints take.</summary>
internal sealed class BodyTransformer : IOpenApiOperationTransformer
{
    /// <inheritdoc/>
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        BodyMetadata? body = context.Description.ActionDescriptor.EndpointMetadata.OfType<BodyMetadata>().FirstOrDefault();
        if (body is null)
        {
            return;
        }

        OpenApiSchema schema = await context.GetOrCreateSchemaAsync(body.Type, null, cancellationToken).ConfigureAwait(false);
        context.Document!.AddComponent(body.Type.Name, schema);
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [MediaTypeNames.Application.Json] = new() { Schema = new OpenApiSchemaReference(body.Type.Name, context.Document) },
            },
        };
    }
}
