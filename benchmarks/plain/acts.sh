#!/bin/sh
# The least that the acts of a push cost, done by a shell loop that decides, records and secures nothing.
#   acts.sh WARM COLD DIRECTORY AT_A_TIME HOST=ADDRESS...   WARM and COLD are configurations of ssh
#   acts.sh show boot|reload                                what runs on a host, for others that lead hosts through it
# All hosts at once: two servers more on each, in namespaces of their own, asked as many pages as pre-flight asks. Then
# host by host or batch by batch: copy, configtest, graceful, wait until httpd says that it has loaded and a page comes,
# look at it from here, and look over a new connection whether the host can still be reached.
set -eu

# Each fails if it could not do it: what does nothing takes no time either.
shadow='
cd / && ip link set lo up && mount -t tmpfs none /run/apache2 && mount -t tmpfs none /var/log/apache2 || exit
apache2ctl -DFOREGROUND &
until curl -s -o /dev/null http://127.0.0.1/; do kill -0 $! && sleep 0.01 || exit; done
exec curl -sS -Z --parallel-max 4 --fail-early -o /dev/null -H "Connection: close" -H "Host: app.lab.test" "http://127.0.0.1/[1-190]"'
reload='
loaded() { grep -c "resuming normal operations" /var/log/apache2/error.log; }
before=$(loaded)
apache2ctl configtest && apache2ctl graceful || exit
until [ "$(loaded)" -gt "$before" ]; do sleep 0.01; done
exec curl -sSf -o /dev/null -H "Host: app.lab.test" http://127.0.0.1/'

# The first process of a pid namespace takes the others with it.
boot="unshare --net --mount --pid --fork --kill-child sh -c '$shadow'"
boot="$boot & $boot && wait \$!"

case $1 in
show)
    [ "$2" = boot ] && exec printf %s "$boot"
    exec printf %s "$reload"
    ;;
try) exec ssh -F "$2" "${3%%=*}" "$boot" ;;
change)
    host=${5%%=*}
    scp -q -F "$2" "$4/$host"/*.conf "$host:/etc/apache2/sites-available/"
    ssh -F "$2" "$host" "$reload"
    curl -sSf -o /dev/null -H 'Host: app.lab.test' "http://${5#*=}/"
    exec ssh -F "$3" "$host" true
    ;;
esac
warm=$1 cold=$2 directory=$3 at_a_time=$4
shift 4
printf '%s\n' "$@" | xargs -P "$#" -n 1 "$0" try "$warm"
printf '%s\n' "$@" | xargs -P "$at_a_time" -n 1 "$0" change "$warm" "$cold" "$directory"
