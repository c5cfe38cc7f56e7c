"""The published packages whose classes are used, and what they need to be imported."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from ecosystem import EcosystemError, default_cache, unpacked  # noqa: E402  # the line above makes it importable
from ecosystem_table import PACKAGES, read_packages  # noqa: E402  # likewise

# Of the packages that `tests/ecosystem/packages.toml` pins: the folder that is imported.
__all__ = ["HOSTS", "ROOT", "EcosystemError", "default_cache", "needed", "sources"]
HOSTS = {
    "timm": "timm",
    "transformers": "transformers/models",
    "vit-pytorch": "vit_pytorch",
    "x-transformers": "x_transformers",
    "open-clip-torch": "open_clip",
    "kornia": "kornia",
    "monai": "monai/networks",
    "torch-geometric": "torch_geometric/nn",
    "segmentation-models-pytorch": "segmentation_models_pytorch",
    "diffusers": "diffusers/models",
}
# What they import, beside torch and numpy; installed without dependencies, so that no second torch comes along.
NEEDED = """
accelerate==1.15.0 anyio==4.16.0 certifi==2026.10.19.post1 charset-normalizer==3.5.2 click==8.5.1 einops==0.8.2
einx==0.4.3 frozendict==2.5.1 ftfy==6.3.1 h11==0.16.0 httpcore2==2.16.2 httpx2==2.16.2 huggingface-hub==2.4.0 idna==3.20
kornia_rs==0.2.0 loguru==0.7.3 open-clip-torch==3.3.0 pillow==13.0.0 psutil==7.2.2 pyparsing==3.3.3 pyyaml==6.0.4
regex==2026.11.19 requests==2.34.2 safetensors==0.8.0 shellingham==1.5.4 sniffio==1.3.1 tokenizers==0.23.3
torch-einops-utils==0.2.0 torchvision==0.28.0 tqdm==4.70.1 truststore==0.10.5 urllib3==2.8.0
wcwidth==0.9.4 xxhash==4.1.0
""".split()


def sources(cache: Path) -> dict[str, Path]:
    """The unpacked folder of each package, downloaded where it is not there yet."""
    pinned = {package.name: package for package in read_packages(PACKAGES.read_text(encoding="utf-8"))}
    return {name: unpacked(pinned[name], cache) for name in HOSTS}


def needed(cache: Path) -> Path:
    """The folder with what the packages import, installed where it is not there yet.

    Raises:
        EcosystemError: pip cannot install it.
    """
    key = hashlib.sha256(" ".join([*NEEDED, sys.version]).encode()).hexdigest()[:12]
    folder = cache / f"needed-{key}"
    if not (folder / "done").exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = subprocess.run([*command, "--target", str(folder), *NEEDED], capture_output=True, text=True, check=False)
        if done.returncode:
            raise EcosystemError(f"what the packages import cannot be installed:\n{done.stderr}")
        (folder / "done").touch()
    return folder
