namespace Upkeep.Tests.Postgres.Digests;

/// <summary>Every kind of column that PostgreSQL ships, with values that look alike and aren't.</summary>
internal static class EveryType
{
    /// <summary>What the types below need.</summary>
    public const string Prelude =
        """
        create extension citext; create extension hstore; create extension ltree;
        create type mood as enum ('sad', 'Sad', 'it''s, "fine"');
        create type pair as (n numeric, t text);
        create type span as range (subtype = float8);
        create domain positive as int check (value > 0);
        create domain short as varchar(20);
        create domain shorter as short check (length(value) < 10);
        create domain padded as char(4);
        create domain amount as numeric;
        create domain list as int[];
        create domain feeling as mood;
        create domain couple as pair;
        create domain moment as timestamptz;
        create domain bytes as bytea;
        create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        """;

    /// <summary>Types as a column is declared with, and distinct values as literals without their quotes.</summary>
    public static IReadOnlyDictionary<string, string[]> Values { get; } = new Dictionary<string, string[]>
    {
        ["int2"] = ["0", "-1", "1", "32767", "-32768"],
        ["int4"] = ["0", "-1", "1", "2147483647", "-2147483648"],
        // 4294967296 is 1 once its halves are folded.
        ["int8"] = ["0", "1", "-1", "4294967296", "-4294967296", "4294967297", "9223372036854775807", "-9223372036854775808"],
        ["numeric"] = ["0", "0.0", "1", "1.0", "1.00", "-1", "-1.0", "10000", "100000000", "0.0001", "NaN", "Infinity", "-Infinity", "1e200", "12345678901234567890.123456789"],
        ["numeric(12,2)"] = ["0", "1.10", "-1.10", "11000", "NaN"],
        ["float4"] = ["0", "-0", "1", "-1", "NaN", "Infinity", "-Infinity", "1e-45", "3.4028235e38", "0.1"],
        ["float8"] = ["0", "-0", "1", "-1", "NaN", "Infinity", "-Infinity", "5e-324", "1.7976931348623157e308", "0.1", "0.30000000000000004", "0.3"],
        ["money"] = ["0", "1.00", "-1.00", "92233720368547758.07"],
        ["bool"] = ["true", "false"],
        ["\"char\""] = ["", "a", "A", "0"],
        ["name"] = ["", "a", "A", "a "],
        ["text"] = ["", " ", "a", "A", "a ", "ä", "a\u0308", "null", "\\N", "a,b\"c", "line\nend", "tab\t"],
        ["text collate loose"] = ["", "a", "A", "b"],
        ["varchar(9)"] = ["", "a", "A", "a "],
        ["char(5)"] = ["", "a", "A", "ab"],
        ["bpchar"] = ["", "a", "a ", "a  "],
        ["citext"] = ["", "a", "A", "b"],
        ["bytea"] = ["", "\\x00", "\\x0000", "\\xff", "\\x00ff"],
        ["bit(4)"] = ["0000", "0001", "1000"],
        ["varbit"] = ["", "0", "00", "1", "01"],
        ["date"] = ["2000-01-01", "2026-11-22", "1900-01-01", "0001-01-01 BC", "infinity", "-infinity"],
        ["time"] = ["00:00", "00:00:00.000001", "01:11:34.967296", "24:00"],
        ["timetz"] = ["00:00+00", "01:00+01", "00:00-05"],
        ["timestamp"] = ["2000-01-01 00:00", "2000-01-01 01:11:34.967296", "2000-01-01 00:00:00.000001", "2026-11-22 02:00", "2026-11-22 02:00:00.000001", "1899-12-31", "4000-01-01", "0001-01-01 BC", "infinity", "-infinity"],
        ["timestamptz"] = ["2000-01-01 00:00Z", "2026-11-22 02:00Z", "2026-11-22 02:00:00.000001Z", "2099-12-31 23:59:59.999999Z", "2100-01-01Z", "4000-01-01 00:00:00.000001Z", "4000-01-01Z", "infinity", "-infinity"],
        ["interval"] = ["0", "1 mon", "30 days", "720 hours", "-1 mon", "1 mon -30 days"],
        ["uuid"] = ["00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
        ["json"] = ["1", "1.0", " 1", "{\"a\":1, \"a\":2}", "{\"a\":2}", "null"],
        ["jsonb"] = ["1", "1.0", "-1", "\"1\"", "{\"a\": 1}", "{\"a\": -1}", "{\"a\": 1.00}", "[]", "{}", "[[]]", "null", "true"],
        ["jsonpath"] = ["$.a", "$.b", "strict $.a"],
        ["xml"] = ["<a/>", "<a></a>", "<a>1</a>", "text", "<?xml version=\"1.0\" standalone=\"yes\"?><a/>"],
        ["tsvector"] = ["", "a", "a:1", "a:1A", "a b"],
        ["tsquery"] = ["a", "b", "a & b", "a <-> b"],
        ["inet"] = ["10.0.0.1", "10.0.0.1/24", "10.0.0.0/24", "::1", "::ffff:10.0.0.1"],
        ["cidr"] = ["10.0.0.0/24", "10.0.0.0/25", "::/0", "0.0.0.0/0"],
        ["macaddr"] = ["08:00:2b:01:02:03", "08:00:2b:01:02:04"],
        ["macaddr8"] = ["08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:06"],
        ["point"] = ["(0,0)", "(-0,0)", "(0,1)", "(1e-10,0)", "(NaN,0)"],
        ["line"] = ["{1,2,3}", "{2,4,6}"],
        ["lseg"] = ["[(0,0),(1,1)]", "[(1,1),(0,0)]"],
        ["box"] = ["(1,1),(0,0)", "(2,1),(0,0)", "(1,2),(0,0)"],
        ["path"] = ["[(0,0),(1,1)]", "((0,0),(1,1))"],
        ["polygon"] = ["((0,0),(1,1),(1,0))", "((1,1),(1,0),(0,0))"],
        ["circle"] = ["<(0,0),1>", "<(0,0),2>", "<(1,0),1>"],
        ["oid"] = ["0", "1", "4294967295"],
        ["regclass"] = ["pg_class", "pg_type", "t_int2"],
        ["regtype"] = ["int4", "text", "mood"],
        ["regproc"] = ["now", "textin"],
        ["xid"] = ["0", "1", "4294967295"],
        ["xid8"] = ["0", "1", "4294967296"],
        ["tid"] = ["(0,1)", "(1,0)"],
        ["pg_lsn"] = ["0/0", "0/1", "1/0"],
        ["pg_snapshot"] = ["1:1:", "1:2:1", "1:2:"],
        ["txid_snapshot"] = ["1:1:", "1:2:1", "1:2:"],
        ["int4range"] = ["empty", "[1,2)", "[1,3)", "(,)", "[1,)"],
        ["numrange"] = ["[1,2]", "[1.0,2]", "[1,2)", "(1,2)"],
        ["tstzrange"] = ["[2026-01-01Z,2026-01-02Z)", "[2026-01-01Z,2026-01-02Z]", "empty"],
        ["span"] = ["[0,1]", "[-0,1]", "[0,1)"],
        ["int4multirange"] = ["{}", "{[1,2)}", "{[1,2),[3,4)}"],
        ["int4[]"] = ["{}", "{1,2}", "{2,1}", "{{1,2}}", "[0:1]={1,2}", "{1,2,NULL}", "{NULL}"],
        ["text[]"] = ["{}", "{\"\"}", "{NULL}", "{\"NULL\"}", "{a,b}", "{\"a,b\"}", "{A,b}"],
        ["numeric[]"] = ["{1}", "{1.0}", "{-1}"],
        ["pair"] = ["(1,a)", "(1.0,a)", "(,)", "(,\"\")"],
        ["pair[]"] = ["{}", "{\"(1,a)\"}", "{\"(1.0,a)\"}"],
        ["mood"] = ["sad", "Sad", "it''s, \"fine\""],
        ["feeling"] = ["sad", "Sad"],
        ["positive"] = ["1", "2"],
        ["short"] = ["", "a", "A", "a "],
        ["shorter"] = ["", "a", "A", "a "],
        ["padded"] = ["", "a", "A"],
        ["amount"] = ["1", "1.0", "-1"],
        ["list"] = ["{1,2}", "[0:1]={1,2}"],
        ["couple"] = ["(1,a)", "(1.0,a)", "(,)"],
        ["moment"] = ["2026-11-22 02:00Z", "2026-11-22 02:00:00.000001Z", "infinity"],
        ["bytes"] = ["", "\\x00", "\\x0000"],
        ["hstore"] = ["", "a=>1", "a=>1.0", "a=>NULL", "a=>\"NULL\""],
        ["ltree"] = ["a", "a.b", "A"],
    };

    /// <summary>A table for each type, with all its values, one to a row, and a null.</summary>
    public static string OneTableEach() => string.Concat(Values.Select(type =>
        $"create table {Table(type.Key)} (v {type.Key}); insert into {Table(type.Key)} values (null){string.Concat(type.Value.Select(value => $", ({Literal(value)})"))};\n"));

    public static string Literal(string value) => $"'{(value.Contains("''", StringComparison.Ordinal) ? value : value.Replace("'", "''", StringComparison.Ordinal))}'";

    public static string Table(string type) => $"t_{string.Concat(type.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'))}";
}
