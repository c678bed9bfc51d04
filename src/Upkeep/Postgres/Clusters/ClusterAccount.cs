using System.Globalization;

namespace Upkeep.Postgres.Clusters;

/// <summary>The unprivileged user that a cluster of root's runs as: the server refuses to be root.</summary>
/// <param name="Group">Id of the user's primary group.</param>
internal sealed record ClusterAccount(string Name, int User, int Group)
{
    // The packages make the first; every Unix has the second.
    private static readonly string[] _candidates = ["postgres", "nobody"];

    /// <summary>Null where we are nobody special and the server can run as ourselves.</summary>
    public static ClusterAccount? Choose() => Environment.IsPrivilegedProcess ? Choose(File.ReadAllLines("/etc/passwd")) : null;

    /// <param name="passwd">Lines in the form of /etc/passwd.</param>
    public static ClusterAccount Choose(IReadOnlyList<string> passwd) =>
        _candidates
            .Select(name => passwd.Select(line => line.Split(':')).FirstOrDefault(fields => fields.Length > 3 && fields[0] == name))
            .OfType<string[]>()
            .Select(fields => new ClusterAccount(fields[0], int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture)))
            .FirstOrDefault()
        ?? throw new ClusterException(
            $"The PostgreSQL server refuses to run as root, and this machine has neither of the users {string.Join(" and ", _candidates)} to run it as.",
            "Make one (useradd --system postgres), or run upkeep as an ordinary user.");

    /// <summary>Put before a program and its arguments, runs it as this user.</summary>
    public IReadOnlyList<string> Prefix(string program, IEnumerable<string> arguments) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"--reuid={User}"), string.Create(CultureInfo.InvariantCulture, $"--regid={Group}"),
        "--clear-groups", "--", program, .. arguments,
    ];

    /// <summary>The same for a program that the door runs: that it ends when we are killed would go with the change of user.</summary>
    public IReadOnlyList<string> BoundPrefix(string program, IEnumerable<string> arguments) => ["--pdeathsig", "TERM", .. Prefix(program, arguments)];

    public string Owner => string.Create(CultureInfo.InvariantCulture, $"{User}:{Group}");
}
