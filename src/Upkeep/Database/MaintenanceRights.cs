namespace Upkeep.Database;

/// <summary>Who may vacuum and analyze.</summary>
internal static class MaintenanceRights
{
    /// <summary>The hint where our role may not.</summary>
    public const string Grant = "Let the tables' owner run upkeep, or make the role a member of it; since 17: GRANT MAINTAIN ON … or GRANT pg_maintain.";
}
