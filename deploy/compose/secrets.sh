#!/bin/sh
# Make the database's secrets of this installation, once; each readable by the one who needs it and by nobody else.
#
#   /for/mongo      set.key (members of the set know each other by it), root.password, showcase.password
#   /for/services   mongo-uri
#
# Root here has no privilege but chown, so nothing is written or read after it was given away, and folders stay root's.
# mongo-uri comes last and makes this complete: a start that was cut off makes everything anew, before the database has
# ever run with it.
set -eu
umask 022
to="${FOR:-/for}"
if [ -s "$to/services/mongo-uri" ]; then exit 0; fi

password() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }

# give PATH OWNER: what comes on standard input, for this owner alone
give() {
    rm -f "$1.new"
    (umask 077 && cat >"$1.new")
    chmod 0400 "$1.new"
    chown "$2" "$1.new"
    mv -f "$1.new" "$1"
}

user="$(password)"
head -c 756 /dev/urandom | base64 | tr -d '\n' | give "$to/mongo/set.key" 999:999
password | give "$to/mongo/root.password" 999:999
echo "$user" | give "$to/mongo/showcase.password" 999:999
echo "mongodb://showcase:$user@mongo:27017/?replicaSet=showcase&authSource=showcase" |
    give "$to/services/mongo-uri" 10001:10001
