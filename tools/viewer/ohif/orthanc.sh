#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Becomes an Orthanc of its own, empty, on loopback: its files are in DIR/orthanc, which is removed before, its log in
# DIR/orthanc.log. End the process to end it.
# usage: sh tools/viewer/ohif/orthanc.sh DIR PORT
set -eu
dir=$1
port=$2
rm -rf "$dir/orthanc"
mkdir -p "$dir/orthanc"
cat >"$dir/orthanc.json" <<END
{
  "Name": "dseg", "HttpPort": $port, "RemoteAccessAllowed": false, "AuthenticationEnabled": false,
  "DicomServerEnabled": false, "StorageDirectory": "$dir/orthanc", "IndexDirectory": "$dir/orthanc",
  "UnknownSopClassAccepted": true, "OverwriteInstances": true,
  "Plugins": ["/usr/share/orthanc/plugins/libOrthancDicomWeb.so"],
  "DicomWeb": { "Enable": true, "Root": "/dicom-web/", "EnableWado": false }
}
END
exec Orthanc "$dir/orthanc.json" >"$dir/orthanc.log" 2>&1
