/// What a shell runs where TAB is pressed: it asks this program, which knows its options. The argument library's
/// scripts make zsh complain at a command that has both subcommands and arguments without names, complete no
/// subcommands in bash, and know no letters in one word, no value after its letter, and nothing within a filter.
enum CompletionScript: String, CaseIterable {
    case bash, zsh, fish

    static let option = "generate-completion-script"

    var text: String {
        switch self {
        case .bash: Self.bashText
        case .zsh: Self.zshText
        case .fish: Self.fishText
        }
    }

    private static let bashText = #"""
        # Completion of btcshark for bash.
        _btcshark() {
            local program=$1 paths start open
            local -a answer
            case $program in '~/'*) program=$HOME/${program#'~/'} ;; esac
            mapfile -t answer < <("$program" ---complete bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
            read -r paths start open <<<"${answer[0]}"
            COMPREPLY=("${answer[@]:1}")
            [ -z "$open" ] || compopt -o nospace
            case $paths in
            files | folders)
                local kind=file
                [ "$paths" = files ] || kind=directory
                if [ "$start" = 0 ] && [ ${#COMPREPLY[@]} = 0 ]; then
                    # readline's own, which knows ~ and quotes.
                    if [ $kind = file ]; then compopt -o default; else compopt -o dirnames; fi
                else
                    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -A $kind -P "${2:0:start}" -- "${2:start}")
                    compopt -o filenames
                fi
                ;;
            esac
        }
        complete -F _btcshark btcshark
        """#

    private static let zshText = #"""
        #compdef btcshark
        # Completion of btcshark for zsh.
        _btcshark() {
            local program=${(Q)words[1]} current=$PREFIX
            local -a before answer head space
            [[ $program == \~/* ]] && program=$HOME/${program#\~/}
            # Within quotes the word is as it is typed.
            [[ -n $QIPREFIX ]] || current=${(Q)PREFIX}
            ((CURRENT < 3)) || before=("${(@Q)words[2,CURRENT-1]}")
            answer=("${(@f)$("$program" ---complete zsh "${before[@]}" "$current" 2>/dev/null)}")
            head=(${=answer[1]})
            shift answer
            ((${head[2]:-0} == 0)) || compset -p $head[2]
            [[ -z $head[3] ]] || space=(-S '')
            local ret=1
            ((${#answer} == 0)) || _describe -V -t values value answer "${space[@]}" && ret=0
            case $head[1] in
            files) _files && ret=0 ;;
            folders) _files -/ && ret=0 ;;
            esac
            return ret
        }
        # Loaded by the completion system, or by hand.
        if [[ $funcstack[1] == _btcshark ]]; then _btcshark "$@"; else compdef _btcshark btcshark; fi
        """#

    private static let fishText = #"""
        # Completion of btcshark for fish.
        function __btcshark_answer
            set -l words (commandline -opc)
            set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
            set -l current (commandline -ct)
            command $program ---complete fish $words[2..] "$current" 2>/dev/null
        end
        function __btcshark_complete
            set -l answer (__btcshark_answer)
            set -l head (string split ' ' -- $answer[1])
            test (count $answer) -lt 2; or printf '%s\n' $answer[2..]
            test "$head[2]" != 0; or return
            # The path begins within the word, which stays as it is typed where a quote is open.
            set -l word (commandline -ct)
            set word (string unescape -- $word; or string trim -l -c '\'"' -- $word)
            set -l kept (string sub -l $head[2] -- $word)
            set -l path (string sub -s (math $head[2] + 1) -- $word)
            switch $head[1]
                case files
                    __fish_complete_path "$path" | string replace -r '^' -- "$kept"
                case folders
                    __fish_complete_directories "$path" '' | string replace -r '^' -- "$kept"
            end
        end
        function __btcshark_wants -a kind
            string match -q "$kind 0*" -- (__btcshark_answer)[1]
        end
        complete -c btcshark -f -a '(__btcshark_complete)'
        complete -c btcshark -n '__btcshark_wants files' -F
        complete -c btcshark -n '__btcshark_wants folders' -a '(__fish_complete_directories (commandline -ct) "")'
        """#
}
