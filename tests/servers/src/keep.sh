# Holds one server for a test process, which says `start`, `stop`, `kill`, `freeze` or `thaw` on its input. When the
# input ends, in whatever way the test process ended, the server goes and so does its folder.
#   keep.sh TEMPLATE-OF-FOLDER SIGNAL-TO-STOP SIGNAL-TO-LEAVE NAME-OF-TEST-PROCESS
folder=$(mktemp -d "$1") || exit 1
stop=$2 leave=$3
server=
chmod 755 "$folder"

alive() {
    [ -n "$server" ] || return 1
    read -r line 2>/dev/null <"/proc/$server/stat" || return 1
    case $line in *') Z '*) return 1 ;; esac
}

# Sends a signal, and KILL to everything of the server when that took longer than $2 twentieths of a second.
end() {
    if alive; then
        if [ "$1" = KILL ]; then kill -s KILL -- "-$server"; else kill -s "$1" "$server"; fi
        kill -s CONT -- "-$server" "$server"
        left=$2
        while alive && [ "$left" -gt 0 ]; do sleep 0.05; left=$((left - 1)); done
        kill -s KILL -- "-$server"
    fi 2>/dev/null
    [ -z "$server" ] || wait "$server" 2>/dev/null
    server=
}

# Also when nobody hears its answers any more.
trap : INT TERM HUP PIPE
echo "$folder"
while read -r word; do
    case $word in
    start)
        end KILL 100
        setsid sh "$folder/run" >>"$folder/log" 2>&1 </dev/null &
        server=$!
        echo "$server"
        continue
        ;;
    stop) end "$stop" 400 ;;
    kill) end KILL 100 ;;
    freeze) kill -s STOP -- "-$server" ;;
    thaw) kill -s CONT -- "-$server" ;;
    esac
    echo done
done
exec >/dev/null 2>&1
end "$leave" 60
left=100
while [ -e "$folder" ] && [ "$left" -gt 0 ]; do
    rm -rf "$folder" || sleep 0.05
    left=$((left - 1))
done
