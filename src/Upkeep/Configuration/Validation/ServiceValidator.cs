namespace Upkeep.Configuration.Validation;

internal static class ServiceValidator
{
    public static IEnumerable<Objection> Check(IReadOnlyList<ServiceSettings> services)
    {
        for (var index = 0; index < services.Count; index++)
        {
            var service = services[index];
            var at = $"services[{index}]";
            // Incomplete, which is told already.
            if (service.Name is null)
                continue;
            if (service.Name.Length == 0 || service.Name.StartsWith('-'))
                yield return new Objection($"{at}.name", $"'{service.Name}' is no name of a service", "Write the systemd unit, the pm2 process, or what people call it.");
            if (services.Take(index).Any(earlier => earlier.Name == service.Name))
                yield return new Objection($"{at}.name", $"an earlier service is called '{service.Name}'", "Name each service once: it is stopped once, and started once.");
            foreach (var objection in service.Kind == ServiceKind.Command ? OfCommand(service, at) : OfKept(service, at))
                yield return objection;
        }
    }

    private static IEnumerable<Objection> OfCommand(ServiceSettings service, string at)
    {
        foreach (var (key, command, does) in Commands(service))
        {
            if (command.Count == 0 || command[0].Length == 0)
                yield return new Objection($"{at}.{key}", $"a service of kind command needs one that {does}", $"Write program and arguments as a list, for example {key}: [/opt/app/control, {key}]");
        }
        if (service.Program is not null)
            yield return new Objection($"{at}.program", "a service of kind command has no program besides its stop, start and status", "Take it out, or write the kind that it is for.");
        if (service.Configuration is not null)
            yield return new Objection($"{at}.configuration", "only nginx has one", "Take it out, or give the file to the commands as an argument.");
    }

    private static IEnumerable<Objection> OfKept(ServiceSettings service, string at)
    {
        var kind = service.Kind.ToString().ToLowerInvariant();
        foreach (var (key, command, _) in Commands(service).Where(one => one.Command.Count > 0))
            yield return new Objection($"{at}.{key}", $"{kind} knows by itself how: '{string.Join(' ', command)}' would never be run", "Take it out, or write kind: command.");
        if (service.Configuration is not null && service.Kind != ServiceKind.Nginx)
            yield return new Objection($"{at}.configuration", $"only nginx has one, {kind} hasn't", "Take it out.");
    }

    private static IEnumerable<(string Key, IReadOnlyList<string> Command, string Does)> Commands(ServiceSettings service) =>
        [("stop", service.Stop, "stops it"), ("start", service.Start, "starts it"), ("status", service.Status, "ends with 0 while it runs")];
}
