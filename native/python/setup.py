"""Names the wheel after what is in it: any Python 3, one platform. The libraries are loaded, not compiled against Python."""

import os

from setuptools import setup

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # before setuptools 70.1
    from wheel.bdist_wheel import bdist_wheel


class PlatformWheel(bdist_wheel):
    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        return "py3", "none", os.environ["MEMO_WHEEL_PLATFORM"]


setup(cmdclass={"bdist_wheel": PlatformWheel})
