using Upkeep.Cli;

// Asked for by scripts and packages all day long: answered before the parser and everything behind it is loaded.
if (args is ["--version"])
{
    Console.Out.WriteLine(ProgramVersion.Text);
    return (int)ExitStatus.Success;
}
return (int)await new UpkeepProgram(Console.Out, Console.Error, TimeProvider.System).RunAsync(args);
