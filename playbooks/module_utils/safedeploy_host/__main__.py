"""`python3 -m safedeploy_host COMMAND`: the same program as the zipapp."""

import sys

from .program import main

sys.exit(main())
