// Package plugintesting runs HashiCorp's own test harness against the provider: what a Terraform expert would try first.
//
// test/proofs/long/plugin-testing/harness.test.ts starts the emulator with six users, installs the provider into a mirror, and sets the
// variables.
package plugintesting

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

const address = "genauth_user_set.staff"

var providers = map[string]resource.ExternalProvider{
	"genauth": {Source: "terraform.local/genauth/genauth"},
}

// userSet declares users user<n>@example.com of the emulator, with further lines of the block.
func userSet(numbers []int, lines ...string) string {
	users := make([]string, len(numbers))
	for i, n := range numbers {
		users[i] = fmt.Sprintf("    %q = \"User %d\"", email(n), n)
	}
	return fmt.Sprintf("resource \"genauth_user_set\" \"staff\" {\n  user_id_type = \"email\"\n  users = {\n%s\n  }\n%s\n}\n",
		strings.Join(users, "\n"), strings.Join(lines, "\n"))
}

func email(n int) string {
	return fmt.Sprintf("user%03d@example.com", n)
}

func users(numbers ...int) knownvalue.Check {
	labels := make(map[string]knownvalue.Check, len(numbers))
	for _, n := range numbers {
		labels[email(n)] = knownvalue.StringExact(fmt.Sprintf("User %d", n))
	}
	return knownvalue.MapExact(labels)
}

func noDrift() knownvalue.Check {
	empty := knownvalue.ListSizeExact(0)
	return knownvalue.ObjectExact(map[string]knownvalue.Check{"missing": empty, "survivors": empty})
}

func TestCreateRemoveImport(t *testing.T) {
	attribute := func(name string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
	}
	resource.Test(t, resource.TestCase{
		ExternalProviders: providers,
		Steps: []resource.TestStep{
			{
				Config: userSet([]int{1, 2, 3}),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate)},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					attribute("users", users(1, 2, 3)),
					attribute("drift", noDrift()),
				},
			},
			{
				Config: userSet([]int{2, 3}),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
						// An unknown element is a user whom apply deletes.
						plancheck.ExpectUnknownValue(address, tfjsonpath.New("removals").AtMapKey(email(1))),
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					attribute("users", users(2, 3)),
					attribute("drift", noDrift()),
				},
			},
			{
				ResourceName:      address,
				ImportState:       true,
				ImportStateVerify: true,
				ImportStateIdFunc: importID(2, 3),
				// An imported set gets an id of its own, and no import knows how the last removals ended.
				ImportStateVerifyIdentifierAttribute: "user_id_type",
				ImportStateVerifyIgnore:              []string{"id", "removals"},
			},
		},
	})
}

func importID(numbers ...int) resource.ImportStateIdFunc {
	return func(*terraform.State) (string, error) {
		users := make(map[string]string, len(numbers))
		for _, n := range numbers {
			users[email(n)] = fmt.Sprintf("User %d", n)
		}
		id, err := json.Marshal(map[string]any{"user_id_type": "email", "users": users})
		return string(id), err
	}
}

func TestExpectedErrors(t *testing.T) {
	resource.Test(t, resource.TestCase{
		ExternalProviders: providers,
		Steps: []resource.TestStep{
			{
				Config:      userSet([]int{4}, "  max_deletions = -1"),
				ExpectError: regexp.MustCompile(`max_deletions`),
			},
			{
				Config: userSet([]int{4, 5, 6}, "  max_deletions = 1"),
			},
			{
				Config:      userSet([]int{6}, "  max_deletions = 1"),
				ExpectError: regexp.MustCompile(`max_deletions`),
			},
		},
	})
}
