# Completion of lwshost's command line for bash.

_lwshost() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}

    COMPREPLY=()
    case $previous in
    -c | --configdir | --plugin-dir)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
        ;;
    -p | --port | -d) return ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W '-c --configdir -p --port --plugin-dir --check -d -V --version
        -h --help' -- "$current")
}

complete -F _lwshost lwshost
