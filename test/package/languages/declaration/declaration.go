// Declares what declaration.ts declares.
package main

import (
	"genauth.local/cdktf-genauth-go/genauth"
	"github.com/aws/jsii-runtime-go"
	"github.com/hashicorp/terraform-cdk-go/cdktf"
)

func declareStaff(stack cdktf.TerraformStack) {
	cdktf.NewLocalBackend(stack, &cdktf.LocalBackendConfig{Path: jsii.String("terraform.tfstate")})
	provider := genauth.NewGenAuthProvider(stack, jsii.String("genauth"), &genauth.GenAuthProviderConfig{
		RequestsPerSecond: jsii.Number(20),
	})
	contractors := cdktf.NewTerraformVariable(stack, jsii.String("contractors"), &cdktf.TerraformVariableConfig{
		Type: jsii.String("list(string)"),
	})
	provider.Protect(genauth.UserIdType_EMAIL, jsii.Strings("break-glass@example.com"))
	provider.Protect(genauth.UserIdType_EMAIL, contractors.ListValue())

	ada := genauth.Users_FromMap(&map[string]*string{"ada@example.com": jsii.String("${x} %{y}")})
	teams := cdktf.TerraformIterator_FromMap(&map[string]interface{}{
		"red":  map[string]interface{}{"users": ada.ToMap()},
		"blue": map[string]interface{}{"users": genauth.Users_FromIds(jsii.Strings("bo@example.com")).ToMap()},
	})
	team := genauth.NewManagedUserSet(stack, jsii.String("team"), &genauth.ManagedUserSetProps{
		ForEach:    teams,
		Users:      genauth.Users_FromMap(teams.GetStringMap(jsii.String("users"))),
		UserIdType: genauth.UserIdType_EMAIL,
	})
	listed := genauth.NewManagedUserSet(stack, jsii.String("listed"), &genauth.ManagedUserSetProps{
		Users:             genauth.Users_FromIds(contractors.ListValue()),
		UserIdType:        genauth.UserIdType_EMAIL,
		DependsOn:         &[]cdktf.ITerraformDependable{team},
		AllowUnknownUsers: jsii.Bool(true),
	})
	staff := genauth.NewManagedUserSet(stack, jsii.String("staff"), &genauth.ManagedUserSetProps{
		Users: genauth.Users_FromFile(jsii.String("staff.csv"), &genauth.UserFileOptions{
			Id:        jsii.String("email"),
			Label:     jsii.String("name"),
			Delimiter: jsii.String(";"),
		}),
		UserIdType:          genauth.UserIdType_EMAIL,
		MaxDeletions:        jsii.Number(100),
		MaxDeletionsPercent: jsii.Number(12.5),
		SuspendDays:         jsii.Number(14),
		RetainedIds:     jsii.Strings("moved@example.com"),
		AllowMissingUsers:   jsii.Bool(true),
		DeleteBy:            genauth.DeleteBy_USER_ID,
		Lifecycle:           &cdktf.TerraformResourceLifecycle{PreventDestroy: jsii.Bool(true)},
	})
	output := func(name string, value interface{}) {
		cdktf.NewTerraformOutput(stack, jsii.String(name), &cdktf.TerraformOutputConfig{Value: value})
	}
	output("missing", team.Missing())
	output("removals", staff.Removals())
	output("drift", team.Drift())
	output("ids", listed.Ids())
}

func declareAudit(stack cdktf.TerraformStack) {
	cdktf.Aspects_Of(stack).Add(genauth.NewDeletionLimits(&genauth.DeletionLimitsProps{
		MaxDeletions:        jsii.Number(4),
		MaxDeletionsPercent: jsii.Number(50),
	}))
	cdktf.NewLocalBackend(stack, &cdktf.LocalBackendConfig{Path: jsii.String("terraform.tfstate")})
	genauth.NewNullProvider(stack, jsii.String("null"), &genauth.NullProviderConfig{})
	genauth.NewNullResourceUserSet(stack, jsii.String("audit"), &genauth.NullResourceUserSetProps{
		Users: genauth.Users_FromMap(&map[string]*string{
			"6319a1504f3ab6c0f214dd5b": jsii.String("${Ada} <ada>"),
			"6319a1504f3ab6c0f214dd5c": jsii.String(""),
		}),
		UserIdType:   genauth.UserIdType_USER_ID,
		DriftReport:  jsii.Bool(true),
		MaxDeletions: jsii.Number(5),
	})
}

func main() {
	app := cdktf.NewApp(nil)
	declareStaff(cdktf.NewTerraformStack(app, jsii.String("staff")))
	declareAudit(cdktf.NewTerraformStack(app, jsii.String("audit")))
	app.Synth()
}
