// Runs once, when the database is made: the services' user, who may read and write one database and look at the set's
// state, which the start-up check wants to see.
const password = require("fs").readFileSync("/secrets/showcase.password", "utf8").trim();
db.getSiblingDB("showcase").createUser({
  user: "showcase",
  pwd: password,
  roles: [
    { role: "readWrite", db: "showcase" },
    { role: "clusterMonitor", db: "admin" },
  ],
});
