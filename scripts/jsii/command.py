#!/usr/bin/env python3
"""Runs cdktf-genauth, a script of Node.js that is part of this package."""

import importlib.util
import os
import shutil
import sys

node = os.environ.get("JSII_NODE") or shutil.which("node")
if node is None:
    sys.exit("error: cdktf-genauth needs Node.js 22 or later, and no node is on the PATH. Install Node.js.")
# Finding the module, unlike importing it, starts no process of jsii.
module = importlib.util.find_spec("PYTHON_MODULE")
script = os.path.join(os.path.dirname(module.origin), "_command", "dist", "cdktf-genauth.js")
# In this process, so that output, signals and the exit code are those of the command itself.
os.execv(node, [node, script, *sys.argv[1:]])
