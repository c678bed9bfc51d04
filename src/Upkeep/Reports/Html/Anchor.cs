using System.Security.Cryptography;
using System.Text;
using Upkeep.Journal;

namespace Upkeep.Reports.Html;

/// <summary>Addresses inside the report and beside it.</summary>
internal static class Anchor
{
    /// <summary>A step's anchor: its id where that is fit for one, else a digest of it.</summary>
    public static string Of(StepDocument step) => step.Id.Length > 0 && step.Id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-')
        ? $"step-{step.Id}"
        : $"step-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(step.Id)))[..12]}";

    /// <summary>A relative link to a file of the run's folder, or null for a path that would leave it.</summary>
    public static string? Href(Artifact file)
    {
        var parts = file.Path.Split('/');
        return parts.Any(part => part.Length == 0 || part is "." or "..") ? null : "./" + string.Join('/', parts.Select(Uri.EscapeDataString));
    }
}
