// Serves the registry of github.com/google/go-containerregistry, which has the referrers API, until it is killed.
//
//	goregistry DIRECTORY ADDRESS [CERTIFICATE KEY]
//
// A user and a password are taken from MOS_USER and MOS_PASSWORD. The address it serves is its first line of output.
package main

import (
	"crypto/subtle"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	handler := withPassword(registry.New(
		registry.WithReferrersSupport(true),
		registry.WithBlobHandler(registry.NewDiskBlobHandler(os.Args[1]))))
	listener, err := net.Listen("tcp", os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	if len(os.Args) > 3 {
		log.Fatal(http.ServeTLS(listener, handler, os.Args[3], os.Args[4]))
	}
	log.Fatal(http.Serve(listener, handler))
}

func withPassword(next http.Handler) http.Handler {
	user, wanted := os.LookupEnv("MOS_USER")
	if !wanted {
		return next
	}
	expected := user + ":" + os.Getenv("MOS_PASSWORD")
	return http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		name, password, _ := request.BasicAuth()
		if subtle.ConstantTimeCompare([]byte(name+":"+password), []byte(expected)) == 1 {
			next.ServeHTTP(answer, request)
			return
		}
		answer.Header().Set("WWW-Authenticate", `Basic realm="mos"`)
		http.Error(answer, `{"errors":[{"code":"UNAUTHORIZED","message":"a password is needed"}]}`, http.StatusUnauthorized)
	})
}
