#!/usr/bin/env bash
# What the scripts must know of this repository. Edit it; all scripts and all pipelines read it. A variable of the same name in
# the environment takes precedence.
set -euo pipefail

# The stacks, one a line: a name of its own for reports and artifacts, the folder where the engine runs, the committed lock file, and
# further files and folders that the configuration reads from elsewhere, such as user files. All paths start at the top of the
# repository and have no spaces.
: "${STACKS:=
staff cdktf.out/stacks/staff staff.lock.hcl
}"

# The command that writes the stacks. For plain HCL, it installs the provider: npx genauth-users install-provider --dir infra
: "${SYNTH:=npx cdktf synth}"

# The files whose changes a pull request shows that gets no key.
: "${USER_FILES:=staff.csv}"

# Further arguments of `genauth-users plan-report`. As it is, a plan fails whose report cannot list everybody who leaves (users are
# known only during apply, are sensitive, or do not fit), and one that holds anything but user sets. --allow lengthens that list.
: "${REPORT_ARGS:=--fail-unless-whole --only-allowed}"

# Further arguments of the nightly `genauth-users drift`, such as --undeclared --ignore ignored.txt. Files are named as from this
# folder.
: "${DRIFT_ARGS:=}"

# terraform or tofu
: "${TERRAFORM:=terraform}"

# Further arguments of init, such as -backend-config=…. No secret: everybody on the machine can see arguments.
: "${INIT_ARGS:=}"
