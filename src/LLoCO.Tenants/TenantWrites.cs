using System.Buffers.Binary;

namespace LLoCO.Tenants;

/// <summary>Lets the writers of a tenant, of all processes, take turns, and counts what they did: who finds the number that it left knows
/// that nobody has written since.</summary>
/// <param name="file">The file that is locked and holds the number.</param>
/// <param name="tenant">The tenant, for messages.</param>
internal sealed class TenantWrites(string file, TenantId tenant)
{
    private long _left = -1;

    /// <summary>Waits for a turn.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<Turn> BeginAsync(CancellationToken cancellationToken) => new(
        this, await FolderLock.TakeAsync(file, $"documents of the tenant '{tenant}'", cancellationToken).ConfigureAwait(false));

    /// <summary>A turn, to be disposed.</summary>
    internal readonly struct Turn : IDisposable
    {
        private readonly TenantWrites _writes;
        private readonly FileStream _held;
        private readonly long _number;

        public Turn(TenantWrites writes, FileStream held)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            (_writes, _held) = (writes, held);
            _number = held.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length
                ? BinaryPrimitives.ReadInt64LittleEndian(bytes)
                : 0;
        }

        /// <summary>Gets whether somebody else has written since the last turn here.</summary>
        public bool IsNews => _number != _writes._left;

        /// <summary>Tells the others that something is about to change.</summary>
        public void Tell()
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, _number + 1);
            _held.Position = 0;
            _held.Write(bytes);
            _writes._left = _number + 1;
        }

        /// <summary>Takes note that all up to now is known here.</summary>
        public void Know() => _writes._left = _number;

        /// <inheritdoc/>
        public void Dispose() => _held.Dispose();
    }
}
