"""paperlist: keep an awesome list of research papers true.

`load()` reads an enriched dataset into pandas; everything else is behind the command `paperlist`.
"""

from __future__ import annotations

__all__ = ["__version__", "load"]

__version__ = "0.1.0"
