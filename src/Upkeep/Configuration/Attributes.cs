namespace Upkeep.Configuration;

/// <summary>The key in the file, where it isn't the property's own name in camelCase.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KeyAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>The value is never shown: not in a problem, not in a log.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;

/// <summary>A path: <c>~/</c> is the home folder, and a relative one counts from the configuration file's folder.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FilePathAttribute : Attribute;

/// <summary>A number of bytes, which may be written with a unit (<c>2 GiB</c>).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ByteSizeAttribute : Attribute;

/// <summary>A share of a whole: 0 to 1, or a percentage (<c>95%</c>).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ShareAttribute : Attribute;

/// <summary>The least and the most that a number may be. Without it a number may be anything from 0.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LimitsAttribute(double least, double most = double.MaxValue) : Attribute
{
    public double Least { get; } = least;
    public double Most { get; } = most;
}

/// <summary>Where PostgreSQL is, as URL or key=value; becomes an Npgsql connection string.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ConnectionAttribute : Attribute;

/// <summary>Read from this variable where the file is silent; missing in both is a problem.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FromEnvironmentAttribute(string name, string hint) : Attribute
{
    public string Name { get; } = name;
    public string Hint { get; } = hint;
}
