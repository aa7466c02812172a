/** What is completed, and who knows the answer. */
export interface Completed {
  /**
   * The folder in which `deno task` is completed: elsewhere it has other tasks. `null` completes the
   * program `tokenwatt`.
   */
  folder: string | null;
  /** The words that start what answers; what was typed is put after them. */
  answer: readonly string[];
}

/** The shells that a script can be written for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of them. */
export type Shell = (typeof SHELLS)[number];

/**
 * The script for a shell. It only asks and shows: every press of the tab key asks the commands'
 * own definitions. What `deno` completed before goes on being completed.
 */
export function completionScript(shell: Shell, completed: Completed): string {
  return { bash, zsh, fish }[shell](completed);
}

function bash({ folder, answer }: Completed): string {
  const program = folder === null ? "tokenwatt" : "deno";
  const first = folder === null ? 1 : 2;
  return `# Completion of ${folder === null ? "tokenwatt" : `deno task in ${folder}`} for bash.
if [[ $(complete -p ${program} 2>/dev/null) =~ \\ -F\\ ([^\\ ]+) ]]; then
  [[ \${BASH_REMATCH[1]} == _tokenwatt ]] || _tokenwatt_before=\${BASH_REMATCH[1]}
fi
_tokenwatt() {
  if ! { ${bashCondition(folder)}; }; then
    [[ -z $_tokenwatt_before ]] || "$_tokenwatt_before" "$@"
    return
  fi
  # bash takes --flag=value and rig:chip for three words each, and replaces the last of them.
  local word kind line typed=() current=\${COMP_WORDS[COMP_CWORD]} joins=no
  for word in "\${COMP_WORDS[@]:${first}:COMP_CWORD-${first - 1}}"; do
    if [[ $joins == yes || ( $word == [:=]* && \${#typed[@]} -gt 0 ) ]]; then
      typed[\${#typed[@]}-1]+=$word
    else
      typed+=("$word")
    fi
    [[ $word == *[:=] ]] && joins=yes || joins=no
  done
  [[ $current == [:=] ]] && current=
  local whole=\${typed[\${#typed[@]}-1]}
  local kept=\${whole:0:\${#whole}-\${#current}}
  COMPREPLY=()
  {
    read -r kind
    while IFS= read -r line || [[ -n $line ]]; do
      word=\${line%%$'\\t'*}
      printf -v word %q "\${word#"$kept"}"
      COMPREPLY+=("$word")
    done
  } < <(${words(answer)} "\${typed[@]}" 2>/dev/null)
  if [[ $kind == paths ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
  fi
}
complete -o default -F _tokenwatt ${program}
`;
}

function bashCondition(folder: string | null): string {
  if (folder === null) return "true";
  return `((COMP_CWORD >= 2)) && [[ \${COMP_WORDS[1]} == task && $PWD/ == ${quoted(folder)}/* ]]`;
}

function zsh({ folder, answer }: Completed): string {
  const program = folder === null ? "tokenwatt" : "deno";
  const first = folder === null ? 2 : 3;
  const condition = folder === null
    ? "true"
    : `(( CURRENT >= 3 )) && [[ $words[2] == task && $PWD/ == ${quoted(folder)}/* ]]`;
  return `#compdef ${program}
# Completion of ${folder === null ? "tokenwatt" : `deno task in ${folder}`} for zsh.
[[ \${_comps[${program}]:-} == _tokenwatt ]] || typeset -g _tokenwatt_before=\${_comps[${program}]:-}
_tokenwatt() {
  if ! { ${condition} }; then
    if [[ -n $_tokenwatt_before ]]; then $_tokenwatt_before "$@"; else _default; fi
    return
  fi
  local -a lines shown
  local line colon='\\:'
  lines=("\${(@f)$(${words(answer)} "\${(@Q)words[${first},CURRENT]}" 2>/dev/null)}")
  for line in "\${(@)lines[2,-1]}"; do
    shown+=("\${\${line%%$'\\t'*}//:/$colon}:\${line#*$'\\t'}")
  done
  (( $#shown )) && _describe tokenwatt shown
  [[ $lines[1] != paths ]] || _files
}
compdef _tokenwatt ${program}
`;
}

function fish({ folder, answer }: Completed): string {
  const program = folder === null ? "tokenwatt" : "deno";
  const first = folder === null ? 2 : 3;
  const condition = folder === null
    ? "true"
    : "test (count $typed) -ge 2; and test $typed[2] = task; " +
      `and string match -q -- ${fishQuoted(`${folder}/*`)} $PWD/`;
  return `# Completion of ${folder === null ? "tokenwatt" : `deno task in ${folder}`} for fish.
${folder === null ? "" : "deno completions fish 2>/dev/null | source\n"}function __tokenwatt_applies
  set -l typed (commandline -opc)
  ${condition}
end
function __tokenwatt_answer
  set -l typed (commandline -opc) (commandline -ct)
  set -l lines (${answer.map(fishQuoted).join(" ")} $typed[${first}..-1] 2>/dev/null)
  test (count $lines) -le 1; or printf '%s\\n' $lines[2..-1]
  test "$lines[1]" != paths; or __fish_complete_path (commandline -ct)
end
complete -c ${program} -n __tokenwatt_applies -f -a '(__tokenwatt_answer)'
`;
}

function words(command: readonly string[]): string {
  return command.map(quoted).join(" ");
}

/** For bash and zsh, in which nothing is special between single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** In fish a backslash is, too. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
