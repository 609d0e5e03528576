#!/bin/sh
# Healthy is: a member of a set that can be written to. The first time nobody has made the set yet, so it is made here.
exec mongosh --quiet --host 127.0.0.1 -u root -p "$(cat /secrets/root.password)" --authenticationDatabase admin --eval '
try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate({ _id: "showcase", members: [{ _id: 0, host: "mongo:27017" }] });
}
quit(db.hello().isWritablePrimary ? 0 : 1);
'
