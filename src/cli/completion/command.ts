import { Argument, Command } from "commander";
import { EXIT_CODES_HELP } from "../exit-codes";
import { completionScript, type Shell, SHELLS } from "./scripts";
import { vocabularyOf } from "./vocabulary";

/** `genauth-users completion`: what makes a shell complete the others. */
export function completionCommand(): Command {
  return new Command("completion")
    .description("Print the script by which a shell completes this command.")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  $ source <(genauth-users completion bash)                                   # in ~/.bashrc
  $ source <(genauth-users completion zsh)                                    # in ~/.zshrc
  $ genauth-users completion fish > ~/.config/fish/completions/genauth-users.fish
${EXIT_CODES_HELP}`,
    )
    .action((shell: Shell, _options: object, command: Command) => {
      const program = command.parent;
      if (program) process.stdout.write(completionScript(shell, vocabularyOf(program)));
    });
}
