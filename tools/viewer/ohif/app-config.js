// SPDX-License-Identifier: Apache-2.0
// app-config.js of a prebuilt OHIF: Orthanc behind /dicom-web, and segmentations by dseg. With &stock=1 OHIF reads them
// itself, for comparison.
window.config = async () => {
  const isStock = new URLSearchParams(window.location.search).get("stock") === "1";
  const { createOhifExtension } = await import("/dseg/src/ohif.js");
  const create = { worker: true, decoderModules: [new URL("/decoders.js", window.location.href).href] };
  const extensions = isStock ? [] : [createOhifExtension({ create })];
  const config = {
    routerBasename: "/",
    extensions,
    modes: [],
    customizationService: {},
    showStudyList: true,
    maxNumberOfWebWorkers: 2,
    showErrorDetails: "always",
    showCPUFallbackMessage: false,
    investigationalUseDialog: { option: "never" },
    maxNumRequests: { interaction: 100, thumbnail: 5, prefetch: 25 },
    defaultDataSourceName: "orthanc",
    dataSources: [{
      namespace: "@ohif/extension-default.dataSourcesModule.dicomweb",
      sourceName: "orthanc",
      configuration: {
        friendlyName: "Orthanc",
        name: "orthanc",
        qidoRoot: "/dicom-web",
        wadoRoot: "/dicom-web",
        wadoUriRoot: "/dicom-web",
        qidoSupportsIncludeField: false,
        imageRendering: "wadors",
        thumbnailRendering: "wadors",
        enableStudyLazyLoad: true,
        supportsFuzzyMatching: false,
        supportsWildcard: true,
        dicomUploadEnabled: false,
        singlepart: "bulkdata,video",
        bulkDataURI: { enabled: true },
        omitQuotationForMultipartRequest: true,
      },
    }],
  };
  Object.assign(window.config, config); // parts of OHIF look there
  return config;
};
