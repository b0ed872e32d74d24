#!/bin/sh
# A step of repos.yaml: step.sh plan|apply SETTINGS. Of a step that fails, Atlantis shows the command, so that is short, and its
# output: the report or how the apply ended, and of the log only errors. The report ends no block of Markdown.
#
# The log stays here, and of an apply also the reports and the guard's audit: at the merge, Atlantis deletes its checkout.
set -u
umask 077
job=$1
kept=/var/log/genauth/$(date -u +%Y-%m-%dT%H-%M-%SZ)-pull-$PULL_NUM-$job
mkdir -p "$kept" || exit 1
case $job in
  # Atlantis applies what has a file $PLANFILE. The plan itself is in genauth-run.
  plan) rm -f "$PLANFILE" && set -- plan --seal --comment --settings "$2" ;;
  apply) set -- apply --before-merge --settings "$2" ;;
esac
/opt/genauth/node_modules/.bin/genauth-users pipeline "$@" --user nobody --guard-user daemon 2>"$kept/log"
code=$?
if [ "$job" = apply ]; then
  grep '^error: ' "$kept/log" || tail -n 1 "$kept/log"
  cp -R genauth-run/plan genauth-run/apply "$kept"
elif [ $code = 0 ]; then
  touch "$PLANFILE" && rm -r "$kept"
else
  grep '^error: ' "$kept/log"
fi
[ $code = 0 ] || echo "The log is $kept/log on the server."
exit $code
