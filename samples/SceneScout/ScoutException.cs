namespace SceneScout;

/// <summary>Something the caller can mend; its message is for them and holds no secret.</summary>
public sealed class ScoutException : Exception
{
    public ScoutException(string message)
        : base(message)
    {
    }

    public ScoutException()
    {
    }

    public ScoutException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
