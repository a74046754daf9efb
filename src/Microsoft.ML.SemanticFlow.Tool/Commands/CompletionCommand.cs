// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow completion</c>: what a shell needs to complete commands, options and the words that options take.</summary>
internal static class CompletionCommand
{
    public const string Name = "completion", Purpose = "Print what makes bash, zsh, fish or pwsh complete this tool's commands and options.";

    // Each asks the tool itself, by System.CommandLine's directive 'suggest'.
    private static readonly (string Shell, string Script)[] _scripts =
    [
        ("bash", """
            # eval "$(semanticflow completion bash)", or the same line in ~/.bashrc
            _semanticflow() {
                local IFS=$'\n'
                COMPREPLY=( $(compgen -W "$(semanticflow "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
            }
            complete -o default -F _semanticflow semanticflow
            """),
        ("zsh", """
            # eval "$(semanticflow completion zsh)", or the same line in ~/.zshrc after compinit
            _semanticflow() {
                local -a words_found
                words_found=("${(@f)$(semanticflow "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
                compadd -a words_found || _files
            }
            compdef _semanticflow semanticflow
            """),
        ("fish", """
            # semanticflow completion fish > ~/.config/fish/completions/semanticflow.fish
            complete -c semanticflow -a '(semanticflow "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
            """),
        ("pwsh", """
            # semanticflow completion pwsh | Out-String | Invoke-Expression, or the same line in $PROFILE
            Register-ArgumentCompleter -Native -CommandName semanticflow -ScriptBlock {
                param($word, $ast, $position)
                semanticflow "[suggest:$position]" "$ast" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """),
    ];

    public static CliCommand Create(Terminal terminal)
    {
        var shell = new Argument<string>("shell") { Description = string.Join(", ", _scripts.Select(script => script.Shell)) };
        shell.AcceptOnlyFromAmong([.. _scripts.Select(script => script.Shell)]);
        var command = new CliCommand(Name, Purpose) { shell };
        command.SetAction(parsed =>
        {
            terminal.Output.Write(_scripts.First(script => script.Shell == parsed.GetValue(shell)).Script + "\n"); // it has line breaks
            return ExitCode.Done;
        });
        return command;
    }
}
