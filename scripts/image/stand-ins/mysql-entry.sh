#!/bin/sh
# Creates database and user at the first start, as the entry point of the official image does.
set -eu
data=/var/lib/mysql
if [ ! -d "$data/mysql" ]; then
  mariadb-install-db --datadir="$data" --auth-root-authentication-method=normal --skip-test-db >/dev/null
  cat > /tmp/init.sql <<SQL
create database $MYSQL_DATABASE;
create user '$MYSQL_USER'@'%' identified by '$MYSQL_PASSWORD';
grant all on $MYSQL_DATABASE.* to '$MYSQL_USER'@'%';
SQL
  set -- --init-file=/tmp/init.sql
fi
exec mariadbd --skip-name-resolve --datadir="$data" --socket=/var/run/mysqld/mysqld.sock --pid-file=/tmp/mysqld.pid --bind-address=0.0.0.0 "$@"
