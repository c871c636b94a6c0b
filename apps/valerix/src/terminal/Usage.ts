import { Console, Context, Layer } from "effect"
import { CliConfig, CliOutput, GlobalFlag } from "effect/cli"
import { terminalOf } from "./Terminal.ts"

/**
 * How wrong usage and help are told. What was asked for goes to standard output; what was not, to standard error, so that
 * a program never reads it for an answer. Of wrong usage it says what is wrong, and where to read on.
 */
export const layerUsage = Layer.suspend(() => {
  const formatterFor = (stream: Parameters<typeof terminalOf>[0]) =>
    CliOutput.defaultFormatter({ colors: terminalOf(stream).isColoured, globalFlags: "summary" })
  const asked = formatterFor(process.stdout)
  const unasked = formatterFor(process.stderr)

  const present: CliOutput.Presenter["present"] = (event) => {
    switch (event._tag) {
      case "Version":
        return Console.log(asked.formatVersion(event.name, event.version))
      case "Help":
        return event.reason === "Requested"
          ? Console.log(asked.formatHelpDoc(event.helpDoc))
          : Console.error(unasked.formatHelpDoc(event.helpDoc))
      case "InvalidInvocation": {
        const { commandPath, errors, helpDoc } = event
        const lines = [
          ...errors.map((error) => `valerix: ${unasked.formatCliError(error)}`),
          "",
          `USAGE  ${helpDoc.usage}`,
          `All about it: ${commandPath.join(" ")} --help`
        ]
        return Console.error(lines.join("\n"))
      }
    }
  }

  return Layer.succeedContext(
    Context.empty().pipe(
      Context.add(CliOutput.Formatter, asked),
      Context.add(CliOutput.Presenter, { present }),
      // How much is logged says LOG_LEVEL.
      Context.add(
        CliConfig.CliConfig,
        CliConfig.make({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })
      )
    )
  )
})
