"""`python -m server.api > docs/api/openapi.json`: the description, to be committed with every change of the API."""

import json
import sys

from server.api.routes import describe

json.dump(describe().document, sys.stdout, indent=1, ensure_ascii=False)
sys.stdout.write("\n")
