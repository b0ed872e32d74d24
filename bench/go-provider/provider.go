package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

type frameworkProvider struct{}

func newProvider() provider.Provider { return frameworkProvider{} }

func (frameworkProvider) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "framework"
}

func (frameworkProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (frameworkProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (frameworkProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newUserSet}
}

func (frameworkProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }
