package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// userSet keeps what is declared; the plan is the declaration, and the state is the plan.
type userSet struct{}

type userSetModel struct {
	Users types.Map `tfsdk:"users"`
}

func newUserSet() resource.Resource { return userSet{} }

func (userSet) Metadata(_ context.Context, request resource.MetadataRequest, response *resource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_user_set"
}

func (userSet) Schema(_ context.Context, _ resource.SchemaRequest, response *resource.SchemaResponse) {
	response.Schema = schema.Schema{
		Attributes: map[string]schema.Attribute{
			"users": schema.MapAttribute{ElementType: types.StringType, Required: true},
		},
	}
}

func (userSet) Create(ctx context.Context, request resource.CreateRequest, response *resource.CreateResponse) {
	var planned userSetModel
	response.Diagnostics.Append(request.Plan.Get(ctx, &planned)...)
	response.Diagnostics.Append(response.State.Set(ctx, &planned)...)
}

func (userSet) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (userSet) Update(ctx context.Context, request resource.UpdateRequest, response *resource.UpdateResponse) {
	var planned userSetModel
	response.Diagnostics.Append(request.Plan.Get(ctx, &planned)...)
	response.Diagnostics.Append(response.State.Set(ctx, &planned)...)
}

func (userSet) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
