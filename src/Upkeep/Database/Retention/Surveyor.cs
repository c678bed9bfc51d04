using System.Globalization;
using Npgsql;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>Looks at what the rules come to, one after the other, and changes nothing.</summary>
internal sealed class Surveyor(NpgsqlConnection session, RetentionRules rules, DateTimeOffset now, StepContext context)
{
    // From this share on most pages hold something to remove, and going page by page beats going along the index.
    private const double PageWise = 0.25;
    private const double PoorlyOrdered = 0.05;

    public async Task<RetentionSurvey> LookAsync(CancellationToken cancellationToken)
    {
        var surveys = new List<RuleSurvey>();
        for (var number = 1; number <= rules.Rules.Count; number++)
            surveys.Add(await RuleAsync(number, rules.Rules[number - 1], cancellationToken));
        return new RetentionSurvey { Rules = surveys };
    }

    private async Task<RuleSurvey> RuleAsync(int number, RetentionRule rule, CancellationToken cancellationToken)
    {
        var table = TableName.Parse(rule.Table);
        var survey = new RuleSurvey { Number = number, Table = table.ToString(), Limit = now - rule.Keep };
        var facts = await Catalog.TableAsync(session, table, rule.Column, cancellationToken);
        if (Unfit(table, rule, facts) is { } unfit)
            return survey with { Problem = unfit.What, Hint = unfit.Hint };
        if (Limits.Of(facts!.ColumnType!, survey.Limit, rules.TimeZone) is not { } limit)
        {
            return survey with
            {
                Problem = $"{rule.Column} of {table} is of type {facts.ColumnType}, which holds no instant",
                Hint = "Name a column of type date, timestamp or timestamptz.",
            };
        }
        var leaves = await Catalog.LeavesAsync(session, facts.Oid, rule.Column, cancellationToken);
        if (leaves.FirstOrDefault(leaf => leaf.Kind == "f") is { } foreign)
            return survey with { Problem = $"{foreign.Name} is a foreign table: its rows are another server's", Hint = "Put the rule where the rows are." };
        if (await RefusedConditionAsync(table, rule, cancellationToken) is { } refused)
            return survey with { Problem = refused.What, Hint = refused.Hint };
        if (rules.Archive && !facts.MayInsert)
        {
            context.Raise(Severity.Warning, "undo-not-permitted", $"{table}: this role may delete rows but not insert any, so an undo would need another role.",
                table.ToString(), $"grant insert on {table.Quoted} to the role, or undo as the table's owner.");
        }
        return await CountAsync(survey, rule, table, limit, leaves, cancellationToken);
    }

    private async Task<RuleSurvey> CountAsync(RuleSurvey survey, RetentionRule rule, TableName table, (string Sql, string Text) limit,
        IReadOnlyList<LeafFacts> facts, CancellationToken cancellationToken)
    {
        var leaves = new List<LeafSurvey>();
        foreach (var one in facts)
        {
            var leaf = new LeafSurvey
            {
                Rule = survey.Number, Schema = one.Name.Schema, Name = one.Name.Name, Oid = one.Oid, Alias = table.Name, RootSchema = table.Schema, Columns = one.Columns,
                Definition = (await Catalog.DefinitionAsync(session, one.Oid, cancellationToken))!,
                Limit = limit.Sql, LimitText = limit.Text, Where = rule.Where, ByIndex = false, Total = 0,
                References = await Catalog.ReferencesAsync(session, one.Oid, cancellationToken),
            };
            var figures = await Counting.CountAsync(session, leaf, one, rule.MaxShare, cancellationToken);
            var share = figures.Total == 0 ? 0 : (double)figures.Due / figures.Total;
            var byIndex = one.HasIndex && share < PageWise && (share < PoorlyOrdered || Math.Abs(one.Correlation) > 0.5);
            leaves.Add(leaf with { ByIndex = byIndex, Total = figures.Total });
            survey = survey with
            {
                Due = survey.Due + figures.Due, Kept = survey.Kept + figures.Kept, Total = survey.Total + figures.Total, Exact = survey.Exact && figures.Exact,
            };
            RaiseTriggers(one, figures.Due);
        }
        survey = survey with { Leaves = leaves };
        return survey.Share > rule.MaxShare ? Implausible(survey, rule, table) : survey;
    }

    private void RaiseTriggers(LeafFacts leaf, long due)
    {
        if (leaf.DeleteTriggers > 0 && due > 0)
        {
            context.Raise(Severity.Info, "delete-triggers", $"{leaf.Name}: {(leaf.DeleteTriggers == 1 ? "a delete trigger fires" : $"{leaf.DeleteTriggers} delete triggers fire")} for every row removed; what they do is not archived.", leaf.Name.ToString());
        }
    }

    private static RuleSurvey Implausible(RuleSurvey survey, RetentionRule rule, TableName table) => survey with
    {
        Refused = true,
        Problem = string.Create(CultureInfo.InvariantCulture,
            $"{table}: {Counting.Number(survey.Due)} of {(survey.Exact ? "" : "an estimated ")}{Counting.Number(survey.Total)} rows ({survey.Share:P1}) are older than {survey.Limit:yyyy-MM-dd HH:mm}Z; a rule may remove {rule.MaxShare:P1} at most"),
        Hint = string.Create(CultureInfo.InvariantCulture,
            $"Look at {rule.Column} and the server's clock. If this is right, raise the rule's maxShare above {survey.Share:0.###} for one run."),
    };

    private static Problem? Unfit(TableName table, RetentionRule rule, TableFacts? facts) => facts switch
    {
        null => new Problem($"there is no table {table}", "Mend the rule's table, or take the rule out."),
        { Kind: not ("r" or "p") } => new Problem($"{table} is not a table", "A rule needs a table; name the one behind it."),
        { ColumnType: null } => new Problem($"{table} has no column {rule.Column}", "Mend the rule's column."),
        { MayDelete: false } => new Problem($"this role may not read and delete rows of {table}", $"grant select, delete on {table.Quoted} to the role."),
        { RowSecurity: true } => new Problem($"row security hides rows of {table} from this role", "Use a role with BYPASSRLS, or the table's owner."),
        _ => null,
    };

    // Both forms must be valid: a condition that closes a bracket that it didn't open passes at most one of them.
    private async Task<Problem?> RefusedConditionAsync(TableName table, RetentionRule rule, CancellationToken cancellationToken)
    {
        if (rule.Where is not { } condition)
            return null;
        var from = $"{table.Quoted} as {Sql.Identifier(table.Name)}";
        try
        {
            await session.ExecuteAsync("begin read only", cancellationToken);
            await session.ExecuteAsync($"explain select from {from} where ({condition}\n)", cancellationToken);
            await session.ExecuteAsync($"explain select coalesce({condition}\n, false) from {from}", cancellationToken);
            return null;
        }
        catch (PostgresException problem)
        {
            return new Problem($"the condition of the rule for {table} is refused by the server: {problem.MessageText}", "Mend the rule's where; names need their schema, as in pg_catalog.now() or app.f().");
        }
        finally
        {
            await session.ExecuteAsync("rollback", cancellationToken);
        }
    }
}
