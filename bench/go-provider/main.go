// Command terraform-provider-framework is a provider to compare with: it is built on terraform-plugin-framework, keeps the
// users of a set as a map in the state, and calls no API. So its cost is that of Go, the framework and the engine.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
)

func main() {
	options := providerserver.ServeOpts{Address: "terraform.local/bench/framework"}
	if err := providerserver.Serve(context.Background(), newProvider, options); err != nil {
		log.Fatal(err)
	}
}
