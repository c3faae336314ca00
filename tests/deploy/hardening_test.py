"""What the program is compiled with against faults that no test has found: security.md section 12."""

import os
import platform
import re
import subprocess
import unittest

PROGRAM = os.environ["RENALPATH"]


def readelf(*options):
    done = subprocess.run(["readelf", "--wide", *options, PROGRAM], capture_output=True, text=True, check=True)
    return done.stdout


class HardeningTest(unittest.TestCase):
    def test_position_independent(self):
        self.assertRegex(readelf("--file-header"), r"Type:\s+DYN")

    def test_stack_is_not_executable(self):
        stack = re.search(r"GNU_STACK.*", readelf("--program-headers")).group()
        self.assertRegex(stack, r" RW ")

    def test_no_segment_is_writable_and_executable(self):
        self.assertNotRegex(readelf("--program-headers"), r"LOAD.* RWE ")

    def test_relocations_are_read_only_before_main(self):
        self.assertIn("GNU_RELRO", readelf("--program-headers"))
        self.assertRegex(readelf("--dynamic"), r"FLAGS_1.*NOW.*PIE")

    @unittest.skipUnless(platform.machine() == "x86_64", "marks of x86-64")
    def test_functions_are_marked_as_ends_of_branches(self):
        code = subprocess.run(["objdump", "--disassemble=main", "--no-show-raw-insn", PROGRAM],
                              capture_output=True, text=True, check=True).stdout
        self.assertRegex(code, r"<main>:\n\s+\w+:\s+endbr64")

    def test_functions_of_the_c_library_know_the_sizes_of_buffers(self):
        self.assertRegex(readelf("--dyn-syms"), r"__\w+_chk@")

    def test_stack_is_guarded(self):
        self.assertIn("__stack_chk_fail", readelf("--dyn-syms"))


if __name__ == "__main__":
    unittest.main()
