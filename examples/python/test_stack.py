import json
import unittest

from cdktf import Testing

from stack import StaffStack


class StaffStackTest(unittest.TestCase):
    def test_the_set_holds_everybody_and_limits_the_deletions(self) -> None:
        stack = StaffStack(Testing.app(), "staff")
        staff = json.loads(Testing.synth(stack))["resource"]["genauth_user_set"]["staff"]
        with open("staff.csv", encoding="utf-8") as file:
            rows = file.read().strip().splitlines()[1:]
        self.assertEqual(len(staff["users"]), len(rows))
        self.assertEqual(staff["max_deletions"], 100)


if __name__ == "__main__":
    unittest.main()
