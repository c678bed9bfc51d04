using Npgsql;
using NpgsqlTypes;

namespace SceneScout.Seeding;

/// <summary>Rows on their way through one binary COPY.</summary>
internal static class Rows
{
    /// <param name="target">Table and columns, for example <c>venues (name, city)</c>.</param>
    /// <param name="write">Writes the columns of one row.</param>
    public static async Task CopyAsync(this NpgsqlConnection connection, string target, int rows, Action<NpgsqlBinaryImporter, int> write,
        CancellationToken cancellationToken)
    {
        // The rows come in a stream that may take longer than a command should.
        await using var importer = await connection.BeginBinaryImportAsync($"copy {target} from stdin (format binary)", cancellationToken);
        importer.Timeout = TimeSpan.Zero;
        for (var row = 0; row < rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            importer.StartRow();
            write(importer, row);
        }
        await importer.CompleteAsync(cancellationToken);
    }

    public static void Text(this NpgsqlBinaryImporter importer, string? text)
    {
        if (text is null)
            importer.WriteNull();
        else
            importer.Write(text, NpgsqlDbType.Text);
    }

    public static void Instant(this NpgsqlBinaryImporter importer, DateTime? instant)
    {
        if (instant is null)
            importer.WriteNull();
        else
            importer.Write(instant.Value, NpgsqlDbType.TimestampTz);
    }

    public static void Number(this NpgsqlBinaryImporter importer, long? number)
    {
        if (number is null)
            importer.WriteNull();
        else
            importer.Write(number.Value, NpgsqlDbType.Bigint);
    }

    public static void Real(this NpgsqlBinaryImporter importer, double? number)
    {
        if (number is null)
            importer.WriteNull();
        else
            importer.Write(number.Value, NpgsqlDbType.Double);
    }

    public static void Id(this NpgsqlBinaryImporter importer, Guid? id)
    {
        if (id is null)
            importer.WriteNull();
        else
            importer.Write(id.Value, NpgsqlDbType.Uuid);
    }
}
