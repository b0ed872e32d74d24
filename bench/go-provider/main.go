// Command terraform-provider-framework is a yardstick: the users of a set as a map, kept in the state by a provider on
// terraform-plugin-framework, with no API behind it. What it takes is what Go, the framework and the engine take.
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
