#!/bin/sh
# What every way of deploying is measured by: copy, configtest, graceful and a look, without any safety.
#   loop.sh CONFIG DIRECTORY AT_A_TIME HOST=ADDRESS...      CONFIG is ssh's; DIRECTORY has the files of each host
set -eu
if [ "$1" = one ]; then
    host=${4%%=*}
    scp -q -F "$2" "$3/$host"/*.conf "$host:/etc/apache2/sites-available/"
    ssh -F "$2" "$host" apache2ctl configtest
    ssh -F "$2" "$host" apache2ctl graceful
    exec curl -sSf -o /dev/null -H 'Host: app.lab.test' "http://${4#*=}/"
fi
config=$1 directory=$2 at_a_time=$3
shift 3
printf '%s\n' "$@" | xargs -P "$at_a_time" -n 1 "$0" one "$config" "$directory"
