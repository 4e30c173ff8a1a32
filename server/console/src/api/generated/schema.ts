/** Generated from the OpenAPI document by `npm run generate`. */
export interface paths {
    "/api/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells which token is in use */
        get: operations["whoAmI"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows the control plane and its fleet at a glance */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what was changed by whom, newest first */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists devices */
        get: operations["listDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{device}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one device with its inventory and report */
        get: operations["getDevice"];
        put?: never;
        post?: never;
        /** Deletes a device and revokes its certificates */
        delete: operations["deleteDevice"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{device}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Revokes the certificates of a device and ends its connection */
        post: operations["revokeDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{device}/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Edits the labels of a device; placements follow */
        patch: operations["editDeviceLabels"];
        trace?: never;
    };
    "/api/v1/devices/{device}/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a one-off command to an instance */
        post: operations["sendCommand"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{device}/commands/{command}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows what became of a command */
        get: operations["getCommand"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/device-facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts devices by what they can be filtered by */
        get: operations["getDeviceFacets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{device}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what happened to a device, newest first */
        get: operations["getDeviceTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{device}/presence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows when a device was online, degraded, offline or lost */
        get: operations["getDevicePresence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{device}/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the pictures of a device: the last one of each name, since the server started */
        get: operations["listImages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{device}/images/{instance}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers the last picture of a name */
        get: operations["getImage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrolment-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists enrolment tokens without their secrets */
        get: operations["listEnrolmentTokens"];
        put?: never;
        /** Makes a token with which devices enrol; its text is shown once */
        post: operations["createEnrolmentToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrolment-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes an enrolment token */
        delete: operations["revokeEnrolmentToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists access tokens without their secrets */
        get: operations["listAccessTokens"];
        put?: never;
        /** Makes an access token; its text is shown once */
        post: operations["createAccessToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes an access token */
        delete: operations["revokeAccessToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists projects: all of them for tokens of project default, their own for others */
        get: operations["listProjects"];
        put?: never;
        /** Makes a project with the token of its first administrator, which is shown once */
        post: operations["createProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/components": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists component versions */
        get: operations["listComponents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/components/{name}/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one component version */
        get: operations["getComponent"];
        /**
         * Pushes the bytes of a component version with its signature
         * @description A name and version never change their bytes once they are there.
         */
        put: operations["pushComponent"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/components/{name}/{version}/fit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows which devices could run a component version, and why the others could not */
        get: operations["getComponentFit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/inspect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads what a component asks for and who could run it; nothing is stored */
        post: operations["inspectComponent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows the trust document in force and the keys around it */
        get: operations["getTrust"];
        /** Puts a new trust document, signed by the operator root key, into force */
        put: operations["putTrust"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Streams a backup of the whole installation, as it is at this moment
         * @description Lines of JSON with a closing line; without that it is not whole. Key files are not in it: the secrets of the authority are, sealed.
         */
        get: operations["readBackup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows the certificate roots, and how many devices know the next one */
        get: operations["getRoots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roots/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes the next certificate root; devices learn it as they renew */
        post: operations["rotateRoot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roots/retire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forgets the first certificate root, when every device knows the next one */
        post: operations["retireRoot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/broker-config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes the configuration of an external broker, with a new certificate and key for it */
        post: operations["createBrokerConfig"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shows what a change would do to each device, and changes nothing */
        post: operations["planChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a change of intent */
        post: operations["applyChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists changes that wait for a person */
        get: operations["listChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one change that waits for a person */
        get: operations["getChange"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a waiting change, if it still touches no more than was shown */
        post: operations["approveChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Drops a waiting change */
        post: operations["rejectChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists fleets with their members */
        get: operations["listFleets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one fleet with its members */
        get: operations["getFleet"];
        put?: never;
        post?: never;
        /** Deletes a fleet */
        delete: operations["deleteFleet"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists deployments with what became of them */
        get: operations["listDeployments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deployments/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one deployment with each placement and what its device reports */
        get: operations["getDeployment"];
        put?: never;
        post?: never;
        /** Deletes a deployment; its instances stop */
        delete: operations["deleteDeployment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deployments/{name}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the revisions of a deployment, newest first */
        get: operations["listRevisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deployments/{name}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Explains for each device, or one, why it got an instance or none */
        get: operations["explainDeployment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Records everything that placements are decided by at this moment */
        get: operations["recordInputs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recording/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decides again on a recording, whatever is true now, and says whether the plan is the same */
        post: operations["replayInputs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rollouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists rollouts */
        get: operations["listRollouts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rollouts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the rollout of a deployment: waves, gates with their evidence, and what it waits for
         * @description With `after` and `waitMs` it answers as soon as something differs: ask again with each `check` to follow.
         */
        get: operations["getRollout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rollouts/{name}/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the progress of each device */
        get: operations["listRolloutDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rollouts/{name}/{verb}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pauses, resumes, approves, aborts, rolls back or promotes a rollout, or says what that would do */
        post: operations["actOnRollout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/outputs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the latest value of each measurement */
        get: operations["listOutputs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists committed records: measurements, detections, events, logs, task ends and losses */
        get: operations["listRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ranges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows measurements over time, by records or by their sums, across devices */
        get: operations["listRanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the rules by which alerts fire; manifests of kind Alert make them */
        get: operations["listAlertRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-rules/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one rule */
        get: operations["getAlertRule"];
        put?: never;
        post?: never;
        /** Deletes a rule; its alerts resolve without a message */
        delete: operations["deleteAlertRule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-rules/{name}/mute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tells nobody of the alerts of a rule for a while; they go on to be shown */
        post: operations["muteAlertRule"];
        /** Ends the silence of a rule */
        delete: operations["unmuteAlertRule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-rules/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a test message to the receivers of a rule */
        post: operations["testAlertRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists alerts, newest first */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one alert */
        get: operations["getAlert"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says that somebody takes an alert on */
        post: operations["acknowledgeAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}/mute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tells nobody of an alert for a while */
        post: operations["muteAlert"];
        /** Ends the silence of an alert */
        delete: operations["unmuteAlert"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/receivers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the webhooks to which alerts are told */
        get: operations["listReceivers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/receivers/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Makes or changes a webhook; the new key of its signatures is shown once */
        put: operations["putReceiver"];
        post?: never;
        /** Deletes a webhook; what waits for it is given up */
        delete: operations["deleteReceiver"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists messages to webhooks: those given up, or all */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a message again that was given up */
        post: operations["retryDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows how long history is kept */
        get: operations["getRetention"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes how long history is kept */
        patch: operations["editRetention"];
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Streams records as they are committed, as server-sent events */
        get: operations["streamRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells whether the process works, or should be started anew */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells whether it can serve: database and broker reached, access rules of the broker hold */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics in the Prometheus text format */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcknowledgeAlert: {
            note?: string;
        };
        Alert: {
            /** @description An alert: one time that a condition held */
            id: string;
            /** @description Lower case letters, digits and hyphens; unique within kind and project */
            rule: string;
            /** @description pending: true, not yet for long enough; firing; resolved: no longer true after it fired */
            state: "pending" | "firing" | "resolved";
            severity: "info" | "warning" | "critical";
            /** @description What is wrong, as a sentence with numbers */
            summary: string;
            /** @description A device, for life */
            device: string;
            deviceName: string;
            /** @description An instance: deployment, device and slot */
            instance?: string;
            /** @description An imager of its device; survives a reboot */
            imager?: string;
            /** @description A deployment, for life */
            deployment?: string;
            deploymentName?: string;
            /** @description Name of the measurement */
            name?: string;
            /** @description UCUM unit of value and limit */
            unit?: string;
            /** @description When it fired; before that, when it began */
            value?: number;
            /** @description What the value was compared with */
            limit?: number;
            /** @description Alerts of one rule and group are told together */
            group: string;
            /** @description When the condition became true, in milliseconds since 1970 (UTC) */
            sinceMs: number;
            /** @description When it fired, in milliseconds since 1970 (UTC) */
            firedAtMs?: number;
            /** @description When it was no longer true, in milliseconds since 1970 (UTC) */
            resolvedAtMs?: number;
            acknowledged?: {
                /** @description When, in milliseconds since 1970 (UTC) */
                atMs: number;
                by: string;
                note?: string;
            };
            /** @description Until then nobody is told of it, in milliseconds since 1970 (UTC) */
            mutedUntilMs?: number;
        };
        AlertRule: {
            /** @description Lower case letters, digits and hyphens; unique within kind and project */
            name: string;
            spec: {
                /** @description One sentence for who is woken up */
                summary?: string;
                /** @description All that are given must hold; none given: every device of the project */
                target?: {
                    /** @description Lower case letters, digits and hyphens; unique within kind and project */
                    fleet?: string;
                    /** @description CEL expression over `device` */
                    selector?: string;
                    /** @description Devices by id or name */
                    devices?: string[];
                };
                /** @description Exactly one */
                condition: {
                    /** @description A device was lost, said goodbye, or was not heard since the server started */
                    deviceSilent?: {
                        /** @description How long a device may be gone, in milliseconds */
                        afterMs: number;
                        /** @description Whether a device that said goodbye counts as silent; counts where absent */
                        offline?: "counts" | "ignored";
                    };
                    /** @description An instance failed too often */
                    instanceCrashLooping?: {
                        /** @description Lower case letters, digits and hyphens; unique within kind and project */
                        deployment?: string;
                        /** @description An instance in back-off with at least this many restarts counts as well; absent: only crash loops */
                        restarts?: number;
                    };
                    /** @description A measurement of an instance over a window; at least one of above and below */
                    threshold?: {
                        /** @description Name of the measurement */
                        name: string;
                        /** @description Lower case letters, digits and hyphens; unique within kind and project */
                        deployment?: string;
                        /** @description How the values of the window become one; mean where absent */
                        aggregate?: "mean" | "min" | "max" | "sum" | "count" | "last";
                        /** @description Window that ends now, in milliseconds */
                        windowMs: number;
                        /** @description True where the value is greater */
                        above?: number;
                        /** @description True where the value is smaller */
                        below?: number;
                    };
                    /** @description An instance that should run, on a device that is online, measures nothing */
                    absence?: {
                        /** @description Name of the measurement */
                        name: string;
                        /** @description Lower case letters, digits and hyphens; unique within kind and project */
                        deployment?: string;
                        /** @description Nothing was measured for this long, in milliseconds */
                        windowMs: number;
                    };
                    /** @description A measurement of an instance against its own past */
                    drift?: {
                        /** @description Name of the measurement */
                        name: string;
                        /** @description Lower case letters, digits and hyphens; unique within kind and project */
                        deployment?: string;
                        /** @description Recent window that ends now, in milliseconds */
                        windowMs: number;
                        /** @description Window before it that is taken as normal, in milliseconds */
                        pastMs: number;
                        /** @description How many standard deviations of the past minutes the recent mean may be away from their mean */
                        deviations: number;
                        /** @description A smaller difference is no drift, however still the past was; 0 where absent */
                        minChange?: number;
                    };
                };
                /** @description How long it must be true without a break before it fires, in milliseconds; 0 where absent */
                forMs?: number;
                /** @description warning where absent */
                severity?: "info" | "warning" | "critical";
                /** @description Alerts that are told together in one message: of the rule (where absent), a device, a value of a label, or none */
                groupBy?: string;
                /** @description How long others of the group are waited for before it is told, in milliseconds; 10000 where absent */
                groupWaitMs?: number;
                /** @description Receivers, by name; none: only shown */
                notify?: string[];
            };
            /** @description When it was first applied, in milliseconds since 1970 (UTC) */
            createdAtMs: number;
            /** @description When it was last applied, in milliseconds since 1970 (UTC) */
            updatedAtMs: number;
            /** @description Its alerts that are pending */
            pending: number;
            /** @description Its alerts that are firing */
            firing: number;
            /** @description Until then nobody is told of its alerts, in milliseconds since 1970 (UTC) */
            mutedUntilMs?: number;
            mutedBy?: string;
            /** @description When it was last looked at, in milliseconds since 1970 (UTC) */
            evaluatedAtMs?: number;
        };
        ApplyRequest: {
            /** @description Manifests (kinds Fleet, Deployment and Alert) to apply; fleets are applied first, alerts last */
            manifests?: string | unknown[];
            /** @description What to delete, after the manifests were applied */
            remove?: {
                kind: "Deployment" | "Fleet" | "Alert";
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            }[];
            /** @description Labels to edit, before the manifests are applied; all together are one change */
            labels?: {
                /** @description Id or name of the device */
                device: string;
                /** @description Labels to set; null removes one; labels that are not named stay */
                labels: {
                    [key: string]: string | null;
                };
            }[];
            /** @description Taints to edit, before the manifests are applied: what does not tolerate one leaves the device and stays away; `drain` is the one that `ocelli drain` sets */
            taints?: {
                /** @description Id or name of the device */
                device: string;
                /** @description Labels to set; null removes one; labels that are not named stay */
                taints: {
                    [key: string]: string | null;
                };
            }[];
            /** @description After the manifests were applied; all together are one change */
            pins?: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                deployment: string;
                /** @description Id or name of the device */
                device: string;
                /** @description Revision that the device keeps whatever rollouts do; null frees it */
                revision: number | null;
            }[];
            /** @description `check` of a plan that must still be true; else change.planMoved */
            ifPlan?: string;
        };
        ApplyResponse: {
            changes: {
                kind: "applyDeployment" | "deleteDeployment" | "applyFleet" | "deleteFleet" | "editLabels" | "editTaints" | "editPins" | "assume" | "deleteDevice" | "replan" | "applyAlert" | "deleteAlert";
                name: string;
                /** @description applied; unchanged: it was so already; pending: it touches too many devices and waits for a person (change.needsApproval); skipped: not tried, since one before it is pending */
                outcome: "applied" | "unchanged" | "pending" | "skipped";
                plan?: {
                    /** @description Names this plan; `apply --if-plan` demands it to be still true */
                    check: string;
                    deployments: {
                        /** @description A deployment, for life */
                        deployment: string;
                        name: string;
                        revision: number;
                        /** @description All instances that should run after the change */
                        placements: {
                            /** @description An instance: deployment, device and slot */
                            instance: string;
                            /** @description A deployment, for life */
                            deployment: string;
                            revision: number;
                            /** @description A device, for life */
                            device: string;
                            /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                            slot: string;
                            /**
                             * @description It runs beside the live instance; its outputs are kept apart
                             * @constant
                             */
                            role?: "shadow";
                            /** @description An imager of its device; survives a reboot */
                            imager?: string;
                            realisation: string;
                            components: {
                                /** @description name@version */
                                reference: string;
                                /** @description SHA-256 of an artifact */
                                digest: string;
                                links: {
                                    interface: string;
                                    from: "host" | number;
                                }[];
                            }[];
                            score: number;
                        }[];
                        /** @description Instances of others that give way to it, by device */
                        preempts?: {
                            /** @description A device, for life */
                            device: string;
                            /** @description Name of the device */
                            name: string;
                            /** @description Deployment that loses the instance */
                            deployment: string;
                            /** @description An instance: deployment, device and slot */
                            instance: string;
                            priority: number;
                        }[];
                        /** @description For every device of the project, by id */
                        decisions: {
                            /** @description A device, for life */
                            device: string;
                            name: string;
                            outcome: "placed" | "refused" | "notTargeted";
                            instances: string[];
                            /** @description Reasons that concern the device as a whole; where it is placed: conflicts that others lost */
                            reasons: {
                                /** @description A placement.* code of the error registry */
                                code: string;
                                /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                                message: string;
                                wanted?: string | number;
                                offered?: string | number | string[];
                            }[];
                            candidates: {
                                realisation: string;
                                slot: string;
                                fits: boolean;
                                score?: number;
                                /** @description Memory of the device that others hold; replicas go where less is held */
                                loadPercent?: number;
                                /** @description Each provider that is linked in, for which import, and why not another */
                                picked?: string[];
                                /** @description All that stands against it; empty where it fits */
                                reasons: {
                                    /** @description A placement.* code of the error registry */
                                    code: string;
                                    /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                                    message: string;
                                    wanted?: string | number;
                                    offered?: string | number | string[];
                                }[];
                            }[];
                            /** @description What would have to change, as a sentence */
                            nearestMiss?: string;
                        }[];
                        grants: {
                            /** @description Host interfaces that the imports ask for, over all realisations */
                            needed: string[];
                            /** @description Of these, not granted by the manifest: apply refuses */
                            missing: string[];
                        };
                    }[];
                    /** @description Devices whose desired state changes, by id */
                    touched: {
                        /** @description A device, for life */
                        device: string;
                        name: string;
                        start: {
                            /** @description An instance: deployment, device and slot */
                            instance: string;
                            /** @description A deployment, for life */
                            deployment: string;
                            revision: number;
                            /** @description A device, for life */
                            device: string;
                            /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                            slot: string;
                            /**
                             * @description It runs beside the live instance; its outputs are kept apart
                             * @constant
                             */
                            role?: "shadow";
                            /** @description An imager of its device; survives a reboot */
                            imager?: string;
                            realisation: string;
                            components: {
                                /** @description name@version */
                                reference: string;
                                /** @description SHA-256 of an artifact */
                                digest: string;
                                links: {
                                    interface: string;
                                    from: "host" | number;
                                }[];
                            }[];
                            score: number;
                        }[];
                        /** @description Instances that go on in another revision or realisation */
                        change: {
                            /** @description An instance: deployment, device and slot */
                            instance: string;
                            /** @description A deployment, for life */
                            deployment: string;
                            revision: number;
                            /** @description A device, for life */
                            device: string;
                            /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                            slot: string;
                            /**
                             * @description It runs beside the live instance; its outputs are kept apart
                             * @constant
                             */
                            role?: "shadow";
                            /** @description An imager of its device; survives a reboot */
                            imager?: string;
                            realisation: string;
                            components: {
                                /** @description name@version */
                                reference: string;
                                /** @description SHA-256 of an artifact */
                                digest: string;
                                links: {
                                    interface: string;
                                    from: "host" | number;
                                }[];
                            }[];
                            score: number;
                        }[];
                        stop: {
                            /** @description An instance: deployment, device and slot */
                            instance: string;
                            /** @description A deployment, for life */
                            deployment: string;
                            revision: number;
                            /** @description A device, for life */
                            device: string;
                            /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                            slot: string;
                            /**
                             * @description It runs beside the live instance; its outputs are kept apart
                             * @constant
                             */
                            role?: "shadow";
                            /** @description An imager of its device; survives a reboot */
                            imager?: string;
                            realisation: string;
                            components: {
                                /** @description name@version */
                                reference: string;
                                /** @description SHA-256 of an artifact */
                                digest: string;
                                links: {
                                    interface: string;
                                    from: "host" | number;
                                }[];
                            }[];
                            score: number;
                        }[];
                    }[];
                    maxTouched: number;
                    /** @description More devices are touched than maxTouched allows, or more than that are reached beyond what a person agreed to */
                    needsApproval: boolean;
                    /** @description Deployments that a person is asked about */
                    exceeded?: {
                        /** @description A deployment, for life */
                        deployment: string;
                        name: string;
                        /** @description Its limit: its own, else that of its fleet, else 500 */
                        maxTouched: number;
                        /** @description Devices that this change touches */
                        touched: number;
                        /** @description Present where it grew too far: devices that it would run on */
                        devices?: number;
                        /** @description Along with `devices`: on how many a person last agreed to */
                        agreedDevices?: number;
                    }[];
                };
                /** @description Id of the pending change */
                pending?: string;
            }[];
        };
        /** @description All files that the broker needs, its certificate and key included */
        BrokerConfig: {
            /** @description The main configuration first */
            files: {
                /** @description Name within the folder */
                name: string;
                content: string;
                /** @description True where the broker alone may read it */
                secret: boolean;
            }[];
            /** @description End of the broker's certificate, in milliseconds since 1970 (UTC) */
            expiresAtMs: number;
        };
        BrokerConfigRequest: {
            /** @constant */
            kind: "mosquitto";
            /** @description Folder on the broker's machine that will hold the files */
            directory: string;
            /** @description Address on which the broker listens */
            listen: string;
            /** @description Listener for devices */
            devicePort: number;
            /** @description Listener for servers; keep it away from devices */
            serverPort: number;
            /** @description Names and addresses under which devices and servers reach the broker */
            names: string[];
        };
        CommandInfo: {
            /** @description One command */
            id: string;
            /** @description A device, for life */
            device: string;
            /** @description An instance: deployment, device and slot */
            instance: string;
            action: string;
            /** @description expired: no result came in time; it may have been done all the same */
            state: "waiting" | "done" | "failed" | "refused" | "expired";
            /** @description When it was sent, in milliseconds since 1970 (UTC) */
            sentAtMs: number;
            /** @description When the result came or the time ran out, in milliseconds since 1970 (UTC) */
            endedAtMs?: number;
            output?: string;
            error?: {
                /** @description A code of the error registry; a newer peer may send one unknown here */
                code: string;
                /** @description What was tried, with which value, and what came of it */
                message: string;
                /** @description When it happened, by the reporter, in milliseconds since 1970 (UTC) */
                atMs?: number;
            };
        };
        /** @description Who could run a component if it were alone and granted all it asks for */
        ComponentFit: {
            requirements: {
                /** @description The import, with version */
                interface: string;
                /** @description How a manifest grants it */
                grant: string;
                /** @description Devices whose host offers it in a version that fits */
                devices: number;
                /** @description Versions of this interface that devices offer */
                offered: string[];
                /** @description Components (name@version) that export it */
                providers: string[];
            }[];
            /** @description For each device: whether it could run it, and all reasons */
            decisions: {
                /** @description A device, for life */
                device: string;
                name: string;
                outcome: "placed" | "refused" | "notTargeted";
                instances: string[];
                /** @description Reasons that concern the device as a whole; where it is placed: conflicts that others lost */
                reasons: {
                    /** @description A placement.* code of the error registry */
                    code: string;
                    /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                    message: string;
                    wanted?: string | number;
                    offered?: string | number | string[];
                }[];
                candidates: {
                    realisation: string;
                    slot: string;
                    fits: boolean;
                    score?: number;
                    /** @description Memory of the device that others hold; replicas go where less is held */
                    loadPercent?: number;
                    /** @description Each provider that is linked in, for which import, and why not another */
                    picked?: string[];
                    /** @description All that stands against it; empty where it fits */
                    reasons: {
                        /** @description A placement.* code of the error registry */
                        code: string;
                        /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                        message: string;
                        wanted?: string | number;
                        offered?: string | number | string[];
                    }[];
                }[];
                /** @description What would have to change, as a sentence */
                nearestMiss?: string;
            }[];
        };
        /** @description One admitted component version */
        ComponentInfo: {
            /** @description Lower case letters, digits and hyphens */
            name: string;
            /** @description Semantic version without build metadata */
            version: string;
            publisher: string;
            /** @description When it was admitted, in milliseconds since 1970 (UTC) */
            pushedAtMs: number;
            /** @description SHA-256 of an artifact */
            signature: string;
            /** @description SHA-256 of an artifact */
            digest: string;
            /** @description Size of the component, in bytes */
            sizeBytes: number;
            /** @description Interfaces with at least one imported function, with version */
            imports: string[];
            exports: string[];
            /** @description Content of the custom section ocelli:needs */
            needs: {
                /** @description Needs of an imager; each absent one is no need */
                imager?: {
                    /** @description Least frame width, in pixels */
                    minWidthPixels?: number;
                    /** @description Least frame height, in pixels */
                    minHeightPixels?: number;
                    /** @description Any of these formats */
                    formats?: string[];
                    /** @description True: a colour imager; false: a monochrome one */
                    colour?: boolean;
                    /** @description Least frame rate, in millihertz */
                    minFrameRateMillihertz?: number;
                    /** @description Exposures that it sets: the range of the imager must contain these */
                    exposureMicros?: {
                        /** @description Shortest exposure, in microseconds */
                        min: number;
                        /** @description Longest exposure, in microseconds */
                        max: number;
                    };
                    /** @description Whether no other instance may use the imager */
                    exclusive?: boolean;
                };
                /** @description Linear memory it needs, in bytes */
                memoryBytes?: number;
            };
            /** @description The world as WIT text */
            wit: string;
        };
        CreateAccessToken: {
            /** @description Whose or what for; shown in the audit log */
            name: string;
            /** @description viewer: reads; operator: changes intent as well; publisher: pushes components; admin: all */
            role: "viewer" | "operator" | "publisher" | "admin";
            /** @description Time until it ends, in milliseconds */
            expiresInMs?: number;
        };
        /** @description The labels are given to each device that enrols with it; a fleet selects by them */
        CreateEnrolmentToken: {
            labels?: {
                [key: string]: string;
            };
            /** @description Devices that may enrol with it; 1 where absent */
            uses?: number;
            /** @description Time until it ends, in milliseconds */
            expiresInMs?: number;
            /** @description Name or id of a device whose place new hardware takes: joining revokes the certificates of the old one. Without labels, for one use */
            replaces?: string;
        };
        CreateProject: {
            /** @description The tenant; `default` unless said otherwise */
            name: string;
        };
        CreatedAccessToken: {
            id: string;
            name: string;
            /** @description viewer: reads; operator: changes intent as well; publisher: pushes components; admin: all */
            role: "viewer" | "operator" | "publisher" | "admin";
            /** @description When it was made, in milliseconds since 1970 (UTC) */
            createdAtMs: number;
            /** @description When it ends, in milliseconds since 1970 (UTC) */
            expiresAtMs?: number;
            revoked: boolean;
            /** @description The token itself; shown once and never again */
            token: string;
        };
        CreatedEnrolmentToken: {
            id: string;
            labels: {
                [key: string]: string;
            };
            /** @description A device, for life */
            replaces?: string;
            /** @description When it was made, in milliseconds since 1970 (UTC) */
            createdAtMs: number;
            /** @description When it ends, in milliseconds since 1970 (UTC) */
            expiresAtMs: number;
            /** @description Devices that may enrol with it in all */
            uses: number;
            /** @description Devices that still may */
            usesLeft: number;
            revoked: boolean;
            /** @description What `ocelli-agent join` takes; shown once and never again */
            token: string;
        };
        /** @description A new project with the token of its first administrator, shown once */
        CreatedProject: {
            /** @description The tenant; `default` unless said otherwise */
            name: string;
            administrator: {
                id: string;
                name: string;
                /** @description viewer: reads; operator: changes intent as well; publisher: pushes components; admin: all */
                role: "viewer" | "operator" | "publisher" | "admin";
                /** @description When it was made, in milliseconds since 1970 (UTC) */
                createdAtMs: number;
                /** @description When it ends, in milliseconds since 1970 (UTC) */
                expiresAtMs?: number;
                revoked: boolean;
                /** @description The token itself; shown once and never again */
                token: string;
            };
        };
        CreatedReceiver: {
            /** @description Lower case letters, digits and hyphens; unique within kind and project */
            name: string;
            /** @description Whole for an admin, its origin for others: many services put a secret into it */
            url: string;
            /** @description When it was made, in milliseconds since 1970 (UTC) */
            createdAtMs: number;
            /** @description Deliveries under way */
            pending: number;
            /** @description Deliveries that were given up */
            dead: number;
            /** @description Key of the signatures, shown once: `whsec_` and 32 bytes in base64 */
            secret: string;
        };
        Delivery: {
            /** @description The same however often it is sent */
            id: string;
            /** @description Lower case letters, digits and hyphens; unique within kind and project */
            receiver: string;
            /** @description Lower case letters, digits and hyphens; unique within kind and project */
            rule: string;
            /** @description An alert: one time that a condition held */
            alert?: string;
            event: "alert.firing" | "alert.resolved" | "alert.test";
            /** @description pending; delivered; dead: given up after all attempts */
            state: "pending" | "delivered" | "dead";
            summary: string;
            /** @description When the alert changed, in milliseconds since 1970 (UTC) */
            createdAtMs: number;
            /** @description How often it was sent */
            attempts: number;
            /** @description When it is sent next, in milliseconds since 1970 (UTC) */
            nextAtMs?: number;
            /** @description When the receiver took it, in milliseconds since 1970 (UTC) */
            deliveredAtMs?: number;
            /** @description Why the last attempt failed */
            lastError?: string;
        };
        DeploymentDetail: {
            /** @description A deployment, for life */
            id: string;
            name: string;
            /** @description Current revision */
            revision: number;
            /** @description When it was first applied, in milliseconds since 1970 (UTC) */
            createdAtMs: number;
            /** @description When the current revision was applied, in milliseconds since 1970 (UTC) */
            updatedAtMs: number;
            devices: {
                /** @description Devices with at least one placement */
                placed: number;
                /** @description Devices that are targeted and get none */
                refused: number;
                /** @description Devices outside of the target */
                notTargeted: number;
            };
            instances: {
                /** @description Instances that should run */
                placed: number;
                /** @description Of these, running */
                running: number;
                /** @description Of these, running for at least healthyForMs */
                healthy: number;
                /** @description Of these, in back-off, crash loop or refused by the agent */
                failing: number;
            };
            spec: {
                /** @description All that are given must hold; none given: every device of the project */
                target?: {
                    /** @description Lower case letters, digits and hyphens; unique within kind and project */
                    fleet?: string;
                    /** @description CEL expression over `device` */
                    selector?: string;
                    /** @description Devices by id or name */
                    devices?: string[];
                };
                placement?: "everyDevice" | "everyImager" | {
                    replicas: number;
                    spread?: string[];
                };
                /** @description Where there is no room, instances of a lower priority give way; 0 where absent */
                priority?: number;
                /** @description Taints of devices that do not keep it away: `key` for any value, or `key=value` */
                tolerations?: string[];
                /** @description A device that is silent for longer gives its replica to another one; absent: it keeps it */
                absentAfterMs?: number;
                /** @description In order of preference */
                realisations: {
                    /** @description Lower case letters, digits and hyphens; unique within kind and project */
                    name: string;
                    /** @description name@version */
                    component: string;
                    /** @description Linked in only where an import is not met by the host */
                    providers?: string[];
                    /** @description Tightens the needs that the component carries */
                    imager?: {
                        /** @description Least frame width, in pixels */
                        minWidthPixels?: number;
                        /** @description Least frame height, in pixels */
                        minHeightPixels?: number;
                        formats?: ("gray8" | "gray10" | "bayer-rggb8" | "bayer-rggb10" | "rgb8" | "yuv420")[];
                        /** @description True: a colour imager; false: a monochrome one */
                        colour?: boolean;
                        /** @description Least frame rate, in millihertz */
                        minFrameRateMillihertz?: number;
                        /** @description Exposures that it sets: the range of the imager must contain these */
                        exposureMicros?: {
                            /** @description Shortest exposure, in microseconds */
                            min: number;
                            /** @description Longest exposure, in microseconds */
                            max: number;
                        };
                        /** @description Whether no other instance may use the imager */
                        exclusive?: boolean;
                    };
                    /** @description Read by the component through wasi:config/store; numbers and booleans arrive as text */
                    config?: {
                        [key: string]: string | number | boolean;
                    };
                }[];
                /** @description Read by the component through wasi:config/store; numbers and booleans arrive as text */
                config?: {
                    [key: string]: string | number | boolean;
                };
                /** @description Host interfaces it may call: short names of ocelli:sensing (measurements), or full names with or without version */
                grants: string[];
                /** @description Frames wanted of the imager; absent: its own rate and size */
                frames?: {
                    /** @description Most frames wanted. What the instances on one imager ask for (this, or else minFrameRateMillihertz) stays together within its highest rate; who asks for nothing takes what is left */
                    frameRateMillihertz?: number;
                    widthPixels?: number;
                    heightPixels?: number;
                };
                /** @description Time between calls of interval-handler; 1000 where absent */
                intervalMs?: number;
                limits?: {
                    memoryBytes?: number;
                    callTimeoutMs?: number;
                    outputBytesPerSecond?: number;
                };
                restart?: {
                    policy?: "always" | "onFailure" | "never";
                    maxAttempts?: number;
                    backoffMs?: number;
                    maxBackoffMs?: number;
                    healthyForMs?: number;
                };
                /** @description How a new revision reaches the devices */
                rollout?: {
                    /** @description A change that touches more devices waits for a person */
                    maxTouched?: number;
                    /** @description Absent: all devices at once */
                    waves?: ((number | string) | {
                        name?: string;
                        /** @description A number of devices, or a percentage of them, rounded up */
                        size?: number | string;
                        /** @description CEL over `device`, as in target */
                        selector?: string;
                        /** @description By id or name */
                        devices?: string[];
                        /**
                         * @description A person approves before it opens
                         * @constant
                         */
                        approval?: "manual";
                    })[];
                    /**
                     * @description Each wave waits for a person before it opens
                     * @constant
                     */
                    approval?: "manual";
                    /** @description Devices that may be down at once, of those that live; 25% where the rollout has waves and this is absent, at least 1 */
                    maxUnavailable?: number | string;
                    /** @description Nothing is released before; as in 2026-12-01T22:00:00Z */
                    startAt?: string;
                    /** @description A device is released only while one of these is open where it stands */
                    windows?: {
                        /** @description Days on which it opens; every day where absent */
                        days?: ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[];
                        /** @description As in 22:00 */
                        from: string;
                        /** @description As in 22:00 */
                        to: string;
                    }[];
                    /** @description IANA name for devices without a label `timeZone`; UTC where absent */
                    timeZone?: string;
                    /** @description Condition for the next wave. maxFailed: devices that may fail in the whole rollout, 0 where absent, a percentage of the living ones; windowMs, minSamples and minDevices are what checks have that name none */
                    gate?: {
                        /** @description All living devices of the wave are healthy for this long; 30000 where absent */
                        healthyForMs?: number;
                        /** @description A number of devices, or a percentage of them, rounded up */
                        maxFailed?: number | string;
                        /** @description For each device, on average */
                        maxRestartsPerHour?: number;
                        /** @description Log lines of level error or critical for each device, on average */
                        maxErrorsPerHour?: number;
                        checks?: ({
                            measurement: string;
                            /** @description Shown to people */
                            name?: string;
                            /** @description mean: mean of the devices’ means. rate: records a minute and device. silence: longest time without a record. drift: each device against itself before it got the revision */
                            compare: "mean" | "rate" | "silence" | "drift";
                            /** @description Largest difference, in the unit of the value */
                            maxDifference?: number;
                            /** @description Largest difference in percent of the old revision; the larger bound counts */
                            maxDifferencePercent?: number;
                            /** @description For silence */
                            maxSilenceMs?: number;
                            /** @description How far back records count; 60000 where absent */
                            windowMs?: number;
                            /** @description Fewest records on either side before it is judged; 10 where absent */
                            minSamples?: number;
                            /** @description Fewest devices on either side before it is judged; 1 where absent */
                            minDevices?: number;
                        } | {
                            event: string;
                            /** @description Shown to people */
                            name?: string;
                            /** @description mean: mean of the devices’ means. rate: records a minute and device. silence: longest time without a record. drift: each device against itself before it got the revision */
                            compare: "mean" | "rate" | "silence" | "drift";
                            /** @description Largest difference, in the unit of the value */
                            maxDifference?: number;
                            /** @description Largest difference in percent of the old revision; the larger bound counts */
                            maxDifferencePercent?: number;
                            /** @description For silence */
                            maxSilenceMs?: number;
                            /** @description How far back records count; 60000 where absent */
                            windowMs?: number;
                            /** @description Fewest records on either side before it is judged; 10 where absent */
                            minSamples?: number;
                            /** @description Fewest devices on either side before it is judged; 1 where absent */
                            minDevices?: number;
                        } | {
                            /** @description Shown to people */
                            name?: string;
                            /** @description True where all is well. `wave` and `rest` hold, by name of measurement or event: mean, ratePerMinute, silenceMs, drift, samples, devices */
                            cel: string;
                            /** @description How far back records count; 60000 where absent */
                            windowMs?: number;
                            /** @description Fewest records on either side before it is judged; 10 where absent */
                            minSamples?: number;
                            /** @description Fewest devices on either side before it is judged; 1 where absent */
                            minDevices?: number;
                        })[];
                        /** @description How far back records count; 60000 where absent */
                        windowMs?: number;
                        /** @description Fewest records on either side before it is judged; 10 where absent */
                        minSamples?: number;
                        /** @description Fewest devices on either side before it is judged; 1 where absent */
                        minDevices?: number;
                    };
                    /** @description Each wave first runs the new revision beside the old one on the same frames, its outputs kept apart, and is switched when the checks hold */
                    shadow?: {
                        /** @description How long both revisions run side by side, at least */
                        forMs: number;
                        checks?: {
                            /** @description Shown to people */
                            name?: string;
                            measurement: string;
                            /** @description Largest mean difference between both values of one frame */
                            maxDifference?: number;
                            /** @description Frames on which both put out the same value */
                            minAgreementPercent?: number;
                            /** @description Fewest frames compared; 10 where absent */
                            minSamples?: number;
                        }[];
                    };
                    /** @description What a failing gate does; pause where absent */
                    onFailure?: "pause" | "rollBack";
                    fallback?: {
                        /** @description A device that is not healthy in this time goes back by itself; 300000 where absent */
                        withinMs: number;
                    };
                    /** @description A rollout that has not ended after this is ended; 604800000 (a week) where absent */
                    deadlineMs?: number;
                };
            };
            /** @description Each name@version with its pinned digest */
            components: {
                [key: string]: string;
            };
            /** @description By instance id */
            placements: {
                placement: {
                    /** @description An instance: deployment, device and slot */
                    instance: string;
                    /** @description A deployment, for life */
                    deployment: string;
                    revision: number;
                    /** @description A device, for life */
                    device: string;
                    /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                    slot: string;
                    /**
                     * @description It runs beside the live instance; its outputs are kept apart
                     * @constant
                     */
                    role?: "shadow";
                    /** @description An imager of its device; survives a reboot */
                    imager?: string;
                    realisation: string;
                    components: {
                        /** @description name@version */
                        reference: string;
                        /** @description SHA-256 of an artifact */
                        digest: string;
                        links: {
                            interface: string;
                            from: "host" | number;
                        }[];
                    }[];
                    score: number;
                };
                deviceName: string;
                presence: string;
                state?: {
                    /** @description An instance: deployment, device and slot */
                    id: string;
                    /** @description Revision it runs or is moving to */
                    revision: number;
                    /** @description Name of the realisation */
                    realisation: string;
                    /** @description SHA-256 of an artifact */
                    digest: string;
                    /** @description waiting: for its imager or for another step; refused: this agent will not run it (see error); crashLoop: given up. One of: waiting, fetching, preparing, starting, running, backoff, crashLoop, refused, completed, stopping */
                    state: string;
                    /** @description Running for at least its healthyForMs */
                    healthy: boolean;
                    /** @description When it entered this state, by the device, in milliseconds since 1970 (UTC) */
                    sinceMs: number;
                    /** @description Restarts since this revision started */
                    restarts: number;
                    /** @description Of a task that ended */
                    exitCode?: number;
                    /** @description Frames its component took */
                    framesHandled?: number;
                    /** @description Frames it missed while busy */
                    framesDropped?: number;
                    /** @description Output refused because the budget was spent, in bytes */
                    outputDroppedBytes?: number;
                    /** @description Log lines cut by the limits on logs and on output since the instance was first started by this agent run */
                    logLinesCut?: number;
                    /** @description Linear memory in use, in bytes */
                    memoryBytes?: number;
                    error?: {
                        /** @description A code of the error registry; a newer peer may send one unknown here */
                        code: string;
                        /** @description What was tried, with which value, and what came of it */
                        message: string;
                        /** @description When it happened, by the reporter, in milliseconds since 1970 (UTC) */
                        atMs?: number;
                    };
                    /** @description Last log lines of the run that failed, oldest first */
                    logs?: string[];
                    /** @description The device went back by itself: `revision`, `realisation` and `digest` of the instance name what really runs. Kept until another revision, configuration or component is asked for */
                    fellBack?: {
                        /** @description Revision that failed and is not tried again */
                        revision: number;
                        error: {
                            /** @description A code of the error registry; a newer peer may send one unknown here */
                            code: string;
                            /** @description What was tried, with which value, and what came of it */
                            message: string;
                            /** @description When it happened, by the reporter, in milliseconds since 1970 (UTC) */
                            atMs?: number;
                        };
                        /** @description When the device went back, by the device, in milliseconds since 1970 (UTC) */
                        atMs: number;
                        /** @description Last log lines of the run that failed, oldest first */
                        logs?: string[];
                    };
                };
            }[];
            /** @description On how many devices a person last agreed to run it; it may grow beyond them by maxTouched */
            agreedDevices?: number;
        };
        DeviceDetail: {
            /** @description A device, for life */
            id: string;
            name: string;
            labels: {
                [key: string]: string;
            };
            /** @description When it enrolled, in milliseconds since 1970 (UTC) */
            enrolledAtMs: number;
            /** @description online; offline: said goodbye; lost: last will; unknown: not heard since the server started */
            presence: "online" | "offline" | "lost" | "unknown";
            /** @description Since when, in milliseconds since 1970 (UTC) */
            presenceAtMs: number;
            agentVersion?: string;
            /** @description Board model */
            model?: string;
            /** @description Whether its imagers are simulated */
            simulated?: boolean;
            /** @description Imager ids */
            imagers: string[];
            instances: {
                /** @description Instances that should run */
                desired: number;
                /** @description Of these, running */
                running: number;
                /** @description Of these, in back-off, crash loop or refused by the agent */
                failing: number;
            };
            generation: {
                /** @description Ordered by epoch, then counter; an agent refuses an older one */
                desired?: {
                    /** @description Rises when the server is restored from a backup */
                    epoch: number;
                    /** @description Rises with each change */
                    counter: number;
                };
                /** @description Ordered by epoch, then counter; an agent refuses an older one */
                reported?: {
                    /** @description Rises when the server is restored from a backup */
                    epoch: number;
                    /** @description Rises with each change */
                    counter: number;
                };
            };
            /** @description Whether the device reported the latest desired state */
            converged: boolean;
            /** @description Ordered by certificate, then by start: the numbers of new hardware follow on, its starts begin anew */
            session?: {
                /** @description Issue number of the certificate in use; grows with each renewal */
                certificate: number;
                /** @description Starts of the agent since enrolment */
                start: number;
            };
            /** @description The latest known facts of a device */
            inventory?: {
                /** @description Ordered by certificate, then by start: the numbers of new hardware follow on, its starts begin anew */
                session: {
                    /** @description Issue number of the certificate in use; grows with each renewal */
                    certificate: number;
                    /** @description Starts of the agent since enrolment */
                    start: number;
                };
                /** @description Random at each start of the operating system */
                bootId: string;
                /** @description When these facts were gathered, by the device, in milliseconds since 1970 (UTC) */
                atMs: number;
                /** @description Whether the operating system says the wall clock is synchronised */
                clockSynchronised: boolean;
                agent: {
                    /** @description Version of the agent */
                    version: string;
                    features: string[];
                };
                platform: {
                    /** @description arm64, x64 */
                    architecture: string;
                    /** @description Name and version */
                    operatingSystem: string;
                    /** @description Board model where known */
                    model: string;
                    /** @description Processor cores */
                    cpuCount: number;
                    /** @description Memory that instances may use together, in bytes */
                    memoryBytes: number;
                    /** @description Storage that artifacts and outbox may use together, in bytes */
                    storageBytes: number;
                    /** @description Whether its imagers are simulated */
                    simulated: boolean;
                };
                imagers: {
                    /** @description An imager of its device; survives a reboot */
                    id: string;
                    /** @description What drives it: simulated, ffmpeg, rpicam */
                    driver: string;
                    /** @description Sensor model where known, for instance IMX500 */
                    model: string;
                    /** @description Largest frame width it delivers, in pixels */
                    widthPixels: number;
                    /** @description Largest frame height it delivers, in pixels */
                    heightPixels: number;
                    /** @description Whether it tells colours apart. One of: mono, colour */
                    colour: string;
                    /** @description Formats it can deliver */
                    formats: string[];
                    /** @description Highest frame rate, in millihertz */
                    maxFrameRateMillihertz: number;
                    exposureMicros?: {
                        /** @description Exposure range, in microseconds */
                        min: number;
                        /** @description Exposure range, in microseconds */
                        max: number;
                    };
                    gainDecibels?: {
                        /** @description Analogue gain range, in decibels */
                        min: number;
                        /** @description Analogue gain range, in decibels */
                        max: number;
                    };
                    /** @description Whether exposure, gain, region and rate can be set */
                    controllable: boolean;
                }[];
                interfaces: {
                    /** @description An interface that the host links, with its version, as in ocelli:sensing/frames@0.1.0 */
                    name: string;
                    /** @description Only for instances bound to one of these imagers; absent: for all */
                    imagers?: string[];
                    attributes?: {
                        [key: string]: string | number | boolean;
                    };
                }[];
            };
            /** @description When the inventory arrived, in milliseconds since 1970 (UTC) */
            inventoryAtMs?: number;
            /** @description What the device runs */
            reported?: {
                /** @description Ordered by certificate, then by start: the numbers of new hardware follow on, its starts begin anew */
                session: {
                    /** @description Issue number of the certificate in use; grows with each renewal */
                    certificate: number;
                    /** @description Starts of the agent since enrolment */
                    start: number;
                };
                /** @description When this was true, by the device, in milliseconds since 1970 (UTC) */
                atMs: number;
                /** @description Ordered by epoch, then counter; an agent refuses an older one */
                generation?: {
                    /** @description Rises when the server is restored from a backup */
                    epoch: number;
                    /** @description Rises with each change */
                    counter: number;
                };
                /** @description The last desired state that was refused */
                refused?: {
                    /** @description Ordered by epoch, then counter; an agent refuses an older one */
                    generation?: {
                        /** @description Rises when the server is restored from a backup */
                        epoch: number;
                        /** @description Rises with each change */
                        counter: number;
                    };
                    error: {
                        /** @description A code of the error registry; a newer peer may send one unknown here */
                        code: string;
                        /** @description What was tried, with which value, and what came of it */
                        message: string;
                        /** @description When it happened, by the reporter, in milliseconds since 1970 (UTC) */
                        atMs?: number;
                    };
                };
                /** @description Version of the trust document held */
                trustVersion: number;
                instances: {
                    /** @description An instance: deployment, device and slot */
                    id: string;
                    /** @description Revision it runs or is moving to */
                    revision: number;
                    /** @description Name of the realisation */
                    realisation: string;
                    /** @description SHA-256 of an artifact */
                    digest: string;
                    /** @description waiting: for its imager or for another step; refused: this agent will not run it (see error); crashLoop: given up. One of: waiting, fetching, preparing, starting, running, backoff, crashLoop, refused, completed, stopping */
                    state: string;
                    /** @description Running for at least its healthyForMs */
                    healthy: boolean;
                    /** @description When it entered this state, by the device, in milliseconds since 1970 (UTC) */
                    sinceMs: number;
                    /** @description Restarts since this revision started */
                    restarts: number;
                    /** @description Of a task that ended */
                    exitCode?: number;
                    /** @description Frames its component took */
                    framesHandled?: number;
                    /** @description Frames it missed while busy */
                    framesDropped?: number;
                    /** @description Output refused because the budget was spent, in bytes */
                    outputDroppedBytes?: number;
                    /** @description Log lines cut by the limits on logs and on output since the instance was first started by this agent run */
                    logLinesCut?: number;
                    /** @description Linear memory in use, in bytes */
                    memoryBytes?: number;
                    error?: {
                        /** @description A code of the error registry; a newer peer may send one unknown here */
                        code: string;
                        /** @description What was tried, with which value, and what came of it */
                        message: string;
                        /** @description When it happened, by the reporter, in milliseconds since 1970 (UTC) */
                        atMs?: number;
                    };
                    /** @description Last log lines of the run that failed, oldest first */
                    logs?: string[];
                    /** @description The device went back by itself: `revision`, `realisation` and `digest` of the instance name what really runs. Kept until another revision, configuration or component is asked for */
                    fellBack?: {
                        /** @description Revision that failed and is not tried again */
                        revision: number;
                        error: {
                            /** @description A code of the error registry; a newer peer may send one unknown here */
                            code: string;
                            /** @description What was tried, with which value, and what came of it */
                            message: string;
                            /** @description When it happened, by the reporter, in milliseconds since 1970 (UTC) */
                            atMs?: number;
                        };
                        /** @description When the device went back, by the device, in milliseconds since 1970 (UTC) */
                        atMs: number;
                        /** @description Last log lines of the run that failed, oldest first */
                        logs?: string[];
                    };
                }[];
                outbox: {
                    /** @description One run of an outbox */
                    stream: string;
                    /** @description Records put out since the agent started */
                    offered: number;
                    /** @description Of these, on disk */
                    accepted: number;
                    /** @description Records on disk that the server has not acknowledged */
                    held: number;
                    /** @description Their size, in bytes */
                    heldBytes: number;
                    /** @description Records dropped in this stream because the outbox was full */
                    lost: number;
                };
            };
            /** @description When the report arrived, in milliseconds since 1970 (UTC) */
            reportedAtMs?: number;
            /** @description Instances that should run, as the device was told */
            placements: {
                /** @description An instance: deployment, device and slot */
                instance: string;
                /** @description A deployment, for life */
                deployment: string;
                deploymentName: string;
                /** @description Revision of the deployment */
                revision: number;
                realisation: string;
                /** @description live: its outputs count; shadow: kept apart */
                role: "live" | "shadow";
                /** @description An imager of its device; survives a reboot */
                imager?: string;
                /** @description name@version; the first is the main component */
                components: string[];
                /** @description Host interfaces it may call, with version */
                grants: string[];
            }[];
            trustVersion: {
                /** @description Version in force */
                wanted?: number;
                /** @description Version the device holds */
                held?: number;
            };
            certificates: {
                /** @description Issue number */
                number: number;
                serial: string;
                /** @description Start, in milliseconds since 1970 (UTC) */
                issuedAtMs: number;
                /** @description End, in milliseconds since 1970 (UTC) */
                expiresAtMs: number;
                /** @description When it was revoked, in milliseconds since 1970 (UTC) */
                revokedAtMs?: number;
            }[];
            /** @description The last refused messages and records of the device, newest first, since the server started */
            problems: {
                /** @description A code of the error registry; a newer peer may send one unknown here */
                code: string;
                /** @description What was tried, with which value, and what came of it */
                message: string;
                /** @description When it was last seen, by the server, in milliseconds since 1970 (UTC) */
                atMs: number;
                /** @description Last levels of the topic */
                topic: string;
                /** @description How often in a row */
                count: number;
            }[];
        };
        DeviceFacets: {
            /** @description The most frequent first */
            presence: {
                value: string;
                /** @description Devices */
                count: number;
            }[];
            /** @description The most frequent first */
            agentVersions: {
                value: string;
                /** @description Devices */
                count: number;
            }[];
            /** @description The most frequent first */
            models: {
                value: string;
                /** @description Devices */
                count: number;
            }[];
            /** @description The most frequent first */
            interfaces: {
                value: string;
                /** @description Devices */
                count: number;
            }[];
            /** @description By key */
            labels: {
                key: string;
                /** @description The most frequent first */
                values: {
                    value: string;
                    /** @description Devices */
                    count: number;
                }[];
            }[];
        };
        DeviceList: {
            items: {
                /** @description A device, for life */
                id: string;
                name: string;
                labels: {
                    [key: string]: string;
                };
                /** @description When it enrolled, in milliseconds since 1970 (UTC) */
                enrolledAtMs: number;
                /** @description online; offline: said goodbye; lost: last will; unknown: not heard since the server started */
                presence: "online" | "offline" | "lost" | "unknown";
                /** @description Since when, in milliseconds since 1970 (UTC) */
                presenceAtMs: number;
                agentVersion?: string;
                /** @description Board model */
                model?: string;
                /** @description Whether its imagers are simulated */
                simulated?: boolean;
                /** @description Imager ids */
                imagers: string[];
                instances: {
                    /** @description Instances that should run */
                    desired: number;
                    /** @description Of these, running */
                    running: number;
                    /** @description Of these, in back-off, crash loop or refused by the agent */
                    failing: number;
                };
                generation: {
                    /** @description Ordered by epoch, then counter; an agent refuses an older one */
                    desired?: {
                        /** @description Rises when the server is restored from a backup */
                        epoch: number;
                        /** @description Rises with each change */
                        counter: number;
                    };
                    /** @description Ordered by epoch, then counter; an agent refuses an older one */
                    reported?: {
                        /** @description Rises when the server is restored from a backup */
                        epoch: number;
                        /** @description Rises with each change */
                        counter: number;
                    };
                };
                /** @description Whether the device reported the latest desired state */
                converged: boolean;
            }[];
            /** @description Value for `after` that continues the list; absent at its end */
            next?: string;
            /** @description Devices that match, on all pages */
            total: number;
        };
        EditLabels: {
            /** @description Labels to set; null removes one; labels that are not named stay */
            labels: {
                [key: string]: string | null;
            };
        };
        EditRetention: {
            /** @description Measurements and detections, each by itself, are kept, in milliseconds */
            measurementsMs?: number;
            /** @description Log lines are kept, in milliseconds */
            logsMs?: number;
            /** @description Events, task ends and losses are kept, in milliseconds */
            eventsMs?: number;
            /** @description Sums by minute are kept, in milliseconds */
            minutesMs?: number;
            /** @description Sums by hour are kept, in milliseconds */
            hoursMs?: number;
            /** @description Presence, timelines and alerts that are over are kept, in milliseconds */
            historyMs?: number;
        };
        /** @description A DSSE v1 envelope */
        Envelope: {
            payloadType: string;
            /** @description The signed bytes (UTF-8 JSON), in base64 with padding */
            payload: string;
            signatures: {
                /** @description A public key */
                keyid: string;
                /** @description Ed25519 signature, in base64 */
                sig: string;
            }[];
        };
        /** @description Why each device got an instance or none */
        Explanation: {
            /** @description A deployment, for life */
            deployment: string;
            name: string;
            /** @description Revision decided on */
            revision: number;
            /** @description By device id */
            decisions: {
                /** @description A device, for life */
                device: string;
                name: string;
                outcome: "placed" | "refused" | "notTargeted";
                instances: string[];
                /** @description Reasons that concern the device as a whole; where it is placed: conflicts that others lost */
                reasons: {
                    /** @description A placement.* code of the error registry */
                    code: string;
                    /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                    message: string;
                    wanted?: string | number;
                    offered?: string | number | string[];
                }[];
                candidates: {
                    realisation: string;
                    slot: string;
                    fits: boolean;
                    score?: number;
                    /** @description Memory of the device that others hold; replicas go where less is held */
                    loadPercent?: number;
                    /** @description Each provider that is linked in, for which import, and why not another */
                    picked?: string[];
                    /** @description All that stands against it; empty where it fits */
                    reasons: {
                        /** @description A placement.* code of the error registry */
                        code: string;
                        /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                        message: string;
                        wanted?: string | number;
                        offered?: string | number | string[];
                    }[];
                }[];
                /** @description What would have to change, as a sentence */
                nearestMiss?: string;
            }[];
            /** @description For each decision, in the same order */
            held: {
                /** @description Since when the decision holds, in milliseconds since 1970 (UTC) */
                sinceMs: number;
                /** @description Until when it held; absent: it still does, in milliseconds since 1970 (UTC) */
                untilMs?: number;
            }[];
            /** @description Facts changed and a person is asked: until then nothing is decided anew */
            waits?: {
                /** @description Id of the waiting change */
                change: string;
                /** @description Names of the devices that it would touch */
                devices: string[];
                exceeded: {
                    /** @description A deployment, for life */
                    deployment: string;
                    name: string;
                    /** @description Its limit: its own, else that of its fleet, else 500 */
                    maxTouched: number;
                    /** @description Devices that this change touches */
                    touched: number;
                    /** @description Present where it grew too far: devices that it would run on */
                    devices?: number;
                    /** @description Along with `devices`: on how many a person last agreed to */
                    agreedDevices?: number;
                }[];
            };
        };
        FleetInfo: {
            /** @description Lower case letters, digits and hyphens; unique within kind and project */
            name: string;
            /** @description Members and selector together: the union */
            spec: {
                /** @description Devices by id or name */
                members?: string[];
                /** @description CEL expression over `device` */
                selector?: string;
                /** @description Membership that changes by more devices at once waits for a person */
                maxTouched?: number;
            };
            /** @description Who belongs to it now, by device id */
            members: {
                device: string;
                name: string;
            }[];
        };
        Health: {
            status: "ok" | "failing";
            checks: {
                name: string;
                ok: boolean;
                message?: string;
            }[];
        };
        /** @description What a component asks for; nothing was stored */
        Inspection: {
            /** @description SHA-256 of an artifact */
            digest: string;
            /** @description Size of the component, in bytes */
            sizeBytes: number;
            /** @description Interfaces with at least one imported function, with version */
            imports: string[];
            exports: string[];
            /** @description Content of the custom section ocelli:needs */
            needs: {
                /** @description Needs of an imager; each absent one is no need */
                imager?: {
                    /** @description Least frame width, in pixels */
                    minWidthPixels?: number;
                    /** @description Least frame height, in pixels */
                    minHeightPixels?: number;
                    /** @description Any of these formats */
                    formats?: string[];
                    /** @description True: a colour imager; false: a monochrome one */
                    colour?: boolean;
                    /** @description Least frame rate, in millihertz */
                    minFrameRateMillihertz?: number;
                    /** @description Exposures that it sets: the range of the imager must contain these */
                    exposureMicros?: {
                        /** @description Shortest exposure, in microseconds */
                        min: number;
                        /** @description Longest exposure, in microseconds */
                        max: number;
                    };
                    /** @description Whether no other instance may use the imager */
                    exclusive?: boolean;
                };
                /** @description Linear memory it needs, in bytes */
                memoryBytes?: number;
            };
            /** @description The world as WIT text */
            wit: string;
            /** @description Interfaces imported for their types alone: no need */
            typeImports: string[];
            /** @description Who could run a component if it were alone and granted all it asks for */
            fit: {
                requirements: {
                    /** @description The import, with version */
                    interface: string;
                    /** @description How a manifest grants it */
                    grant: string;
                    /** @description Devices whose host offers it in a version that fits */
                    devices: number;
                    /** @description Versions of this interface that devices offer */
                    offered: string[];
                    /** @description Components (name@version) that export it */
                    providers: string[];
                }[];
                /** @description For each device: whether it could run it, and all reasons */
                decisions: {
                    /** @description A device, for life */
                    device: string;
                    name: string;
                    outcome: "placed" | "refused" | "notTargeted";
                    instances: string[];
                    /** @description Reasons that concern the device as a whole; where it is placed: conflicts that others lost */
                    reasons: {
                        /** @description A placement.* code of the error registry */
                        code: string;
                        /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                        message: string;
                        wanted?: string | number;
                        offered?: string | number | string[];
                    }[];
                    candidates: {
                        realisation: string;
                        slot: string;
                        fits: boolean;
                        score?: number;
                        /** @description Memory of the device that others hold; replicas go where less is held */
                        loadPercent?: number;
                        /** @description Each provider that is linked in, for which import, and why not another */
                        picked?: string[];
                        /** @description All that stands against it; empty where it fits */
                        reasons: {
                            /** @description A placement.* code of the error registry */
                            code: string;
                            /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                            message: string;
                            wanted?: string | number;
                            offered?: string | number | string[];
                        }[];
                    }[];
                    /** @description What would have to change, as a sentence */
                    nearestMiss?: string;
                }[];
            };
        };
        MuteAlert: {
            /** @description How long, in milliseconds */
            forMs: number;
        };
        OutputRecord: {
            /** @description Orders all records by commit */
            cursor: string;
            /** @description A device, for life */
            device: string;
            deviceName: string;
            /** @description A deployment, for life */
            deployment?: string;
            deploymentName?: string;
            /** @description One run of an outbox */
            stream: string;
            /** @description Best estimate of when it happened, in milliseconds since 1970 (UTC) */
            observedAtMs: number;
            /** @description When the server had it, in milliseconds since 1970 (UTC) */
            receivedAtMs: number;
            record: {
                /** @constant */
                kind: "measurement";
                /** @description Position in the stream */
                sequence: number;
                /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                atMs: number;
                /** @description Whether the wall clock was synchronised then */
                synchronised: boolean;
                /** @description Boot id of the device then */
                boot: string;
                /** @description An instance: deployment, device and slot */
                instance: string;
                /** @description Revision that put it out */
                revision: number;
                /** @description Role of the instance. One of: live, shadow */
                role: string;
                /** @description An imager of its device; survives a reboot */
                imager?: string;
                /** @description Sequence number of the frame it comes from */
                frame?: number;
                /** @description Monotonic capture time of that frame, within the boot, in microseconds */
                captureMicros?: number;
                /** @description What was measured */
                name: string;
                /** @description UCUM unit */
                unit: string;
                value: number;
                labels?: {
                    [key: string]: string;
                };
            } | {
                /** @constant */
                kind: "detections";
                /** @description Position in the stream */
                sequence: number;
                /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                atMs: number;
                /** @description Whether the wall clock was synchronised then */
                synchronised: boolean;
                /** @description Boot id of the device then */
                boot: string;
                /** @description An instance: deployment, device and slot */
                instance: string;
                /** @description Revision that put it out */
                revision: number;
                /** @description Role of the instance. One of: live, shadow */
                role: string;
                /** @description An imager of its device; survives a reboot */
                imager?: string;
                /** @description Sequence number of the frame it comes from */
                frame?: number;
                /** @description Monotonic capture time of that frame, within the boot, in microseconds */
                captureMicros?: number;
                /** @description Width of the frame that boxes refer to, in pixels */
                frameWidthPixels: number;
                /** @description Height of the frame that boxes refer to, in pixels */
                frameHeightPixels: number;
                boxes: {
                    /** @description What was found */
                    class: string;
                    /** @description Confidence, 0 to 1 */
                    score: number;
                    /** @description Left edge, in pixels */
                    x: number;
                    /** @description Top edge, in pixels */
                    y: number;
                    /** @description In pixels */
                    width: number;
                    /** @description In pixels */
                    height: number;
                }[];
            } | {
                /** @constant */
                kind: "event";
                /** @description Position in the stream */
                sequence: number;
                /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                atMs: number;
                /** @description Whether the wall clock was synchronised then */
                synchronised: boolean;
                /** @description Boot id of the device then */
                boot: string;
                /** @description An instance: deployment, device and slot */
                instance: string;
                /** @description Revision that put it out */
                revision: number;
                /** @description Role of the instance. One of: live, shadow */
                role: string;
                /** @description An imager of its device; survives a reboot */
                imager?: string;
                /** @description Sequence number of the frame it comes from */
                frame?: number;
                /** @description Monotonic capture time of that frame, within the boot, in microseconds */
                captureMicros?: number;
                /** @description What happened */
                name: string;
                /** @description How much it matters. One of: info, warning, critical */
                severity: string;
                attributes: {
                    [key: string]: string | number | boolean;
                };
            } | {
                /** @constant */
                kind: "log";
                /** @description Position in the stream */
                sequence: number;
                /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                atMs: number;
                /** @description Whether the wall clock was synchronised then */
                synchronised: boolean;
                /** @description Boot id of the device then */
                boot: string;
                /** @description An instance: deployment, device and slot */
                instance: string;
                /** @description Revision that put it out */
                revision: number;
                /** @description Role of the instance. One of: live, shadow */
                role: string;
                /** @description An imager of its device; survives a reboot */
                imager?: string;
                /** @description Sequence number of the frame it comes from */
                frame?: number;
                /** @description Monotonic capture time of that frame, within the boot, in microseconds */
                captureMicros?: number;
                /** @description Severity. One of: trace, debug, info, warn, error, critical */
                level: string;
                /** @description Part of the component; stdout and stderr for its standard streams */
                context: string;
                /** @description One line */
                message: string;
            } | {
                /** @constant */
                kind: "task";
                /** @description Position in the stream */
                sequence: number;
                /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                atMs: number;
                /** @description Whether the wall clock was synchronised then */
                synchronised: boolean;
                /** @description Boot id of the device then */
                boot: string;
                /** @description An instance: deployment, device and slot */
                instance: string;
                /** @description Revision that put it out */
                revision: number;
                /** @description Role of the instance. One of: live, shadow */
                role: string;
                /** @description An imager of its device; survives a reboot */
                imager?: string;
                /** @description Sequence number of the frame it comes from */
                frame?: number;
                /** @description Monotonic capture time of that frame, within the boot, in microseconds */
                captureMicros?: number;
                /** @description 0: done */
                exitCode: number;
            } | {
                /** @constant */
                kind: "lost";
                /** @description Position in the stream */
                sequence: number;
                /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                atMs: number;
                /** @description Whether the wall clock was synchronised then */
                synchronised: boolean;
                /** @description Boot id of the device then */
                boot: string;
                /** @description First sequence dropped */
                from: number;
                /** @description Last sequence dropped */
                to: number;
                /** @description Records dropped between them, both included */
                count: number;
                /** @description Why */
                reason: string;
            } | {
                /** @description A kind this version does not know */
                kind: string;
                /** @description Position in the stream */
                sequence: number;
                /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                atMs: number;
                /** @description Whether the wall clock was synchronised then */
                synchronised: boolean;
                /** @description Boot id of the device then */
                boot: string;
            };
        };
        /** @description A change that touches more devices than allowed */
        PendingChange: {
            id: string;
            kind: "applyDeployment" | "deleteDeployment" | "applyFleet" | "deleteFleet" | "editLabels" | "editTaints" | "editPins" | "assume" | "deleteDevice" | "replan";
            /** @description Deployment, fleet or device */
            name: string;
            /** @description Who asked; `ocelli` where facts changed by themselves */
            actor: string;
            /** @description When it was asked, in milliseconds since 1970 (UTC) */
            createdAtMs: number;
            /** @description Devices that it touches */
            touched: number;
            /** @description Devices that a change may touch without a person */
            maxTouched: number;
            plan: {
                /** @description Names this plan; `apply --if-plan` demands it to be still true */
                check: string;
                deployments: {
                    /** @description A deployment, for life */
                    deployment: string;
                    name: string;
                    revision: number;
                    /** @description All instances that should run after the change */
                    placements: {
                        /** @description An instance: deployment, device and slot */
                        instance: string;
                        /** @description A deployment, for life */
                        deployment: string;
                        revision: number;
                        /** @description A device, for life */
                        device: string;
                        /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                        slot: string;
                        /**
                         * @description It runs beside the live instance; its outputs are kept apart
                         * @constant
                         */
                        role?: "shadow";
                        /** @description An imager of its device; survives a reboot */
                        imager?: string;
                        realisation: string;
                        components: {
                            /** @description name@version */
                            reference: string;
                            /** @description SHA-256 of an artifact */
                            digest: string;
                            links: {
                                interface: string;
                                from: "host" | number;
                            }[];
                        }[];
                        score: number;
                    }[];
                    /** @description Instances of others that give way to it, by device */
                    preempts?: {
                        /** @description A device, for life */
                        device: string;
                        /** @description Name of the device */
                        name: string;
                        /** @description Deployment that loses the instance */
                        deployment: string;
                        /** @description An instance: deployment, device and slot */
                        instance: string;
                        priority: number;
                    }[];
                    /** @description For every device of the project, by id */
                    decisions: {
                        /** @description A device, for life */
                        device: string;
                        name: string;
                        outcome: "placed" | "refused" | "notTargeted";
                        instances: string[];
                        /** @description Reasons that concern the device as a whole; where it is placed: conflicts that others lost */
                        reasons: {
                            /** @description A placement.* code of the error registry */
                            code: string;
                            /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                            message: string;
                            wanted?: string | number;
                            offered?: string | number | string[];
                        }[];
                        candidates: {
                            realisation: string;
                            slot: string;
                            fits: boolean;
                            score?: number;
                            /** @description Memory of the device that others hold; replicas go where less is held */
                            loadPercent?: number;
                            /** @description Each provider that is linked in, for which import, and why not another */
                            picked?: string[];
                            /** @description All that stands against it; empty where it fits */
                            reasons: {
                                /** @description A placement.* code of the error registry */
                                code: string;
                                /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                                message: string;
                                wanted?: string | number;
                                offered?: string | number | string[];
                            }[];
                        }[];
                        /** @description What would have to change, as a sentence */
                        nearestMiss?: string;
                    }[];
                    grants: {
                        /** @description Host interfaces that the imports ask for, over all realisations */
                        needed: string[];
                        /** @description Of these, not granted by the manifest: apply refuses */
                        missing: string[];
                    };
                }[];
                /** @description Devices whose desired state changes, by id */
                touched: {
                    /** @description A device, for life */
                    device: string;
                    name: string;
                    start: {
                        /** @description An instance: deployment, device and slot */
                        instance: string;
                        /** @description A deployment, for life */
                        deployment: string;
                        revision: number;
                        /** @description A device, for life */
                        device: string;
                        /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                        slot: string;
                        /**
                         * @description It runs beside the live instance; its outputs are kept apart
                         * @constant
                         */
                        role?: "shadow";
                        /** @description An imager of its device; survives a reboot */
                        imager?: string;
                        realisation: string;
                        components: {
                            /** @description name@version */
                            reference: string;
                            /** @description SHA-256 of an artifact */
                            digest: string;
                            links: {
                                interface: string;
                                from: "host" | number;
                            }[];
                        }[];
                        score: number;
                    }[];
                    /** @description Instances that go on in another revision or realisation */
                    change: {
                        /** @description An instance: deployment, device and slot */
                        instance: string;
                        /** @description A deployment, for life */
                        deployment: string;
                        revision: number;
                        /** @description A device, for life */
                        device: string;
                        /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                        slot: string;
                        /**
                         * @description It runs beside the live instance; its outputs are kept apart
                         * @constant
                         */
                        role?: "shadow";
                        /** @description An imager of its device; survives a reboot */
                        imager?: string;
                        realisation: string;
                        components: {
                            /** @description name@version */
                            reference: string;
                            /** @description SHA-256 of an artifact */
                            digest: string;
                            links: {
                                interface: string;
                                from: "host" | number;
                            }[];
                        }[];
                        score: number;
                    }[];
                    stop: {
                        /** @description An instance: deployment, device and slot */
                        instance: string;
                        /** @description A deployment, for life */
                        deployment: string;
                        revision: number;
                        /** @description A device, for life */
                        device: string;
                        /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                        slot: string;
                        /**
                         * @description It runs beside the live instance; its outputs are kept apart
                         * @constant
                         */
                        role?: "shadow";
                        /** @description An imager of its device; survives a reboot */
                        imager?: string;
                        realisation: string;
                        components: {
                            /** @description name@version */
                            reference: string;
                            /** @description SHA-256 of an artifact */
                            digest: string;
                            links: {
                                interface: string;
                                from: "host" | number;
                            }[];
                        }[];
                        score: number;
                    }[];
                }[];
                maxTouched: number;
                /** @description More devices are touched than maxTouched allows, or more than that are reached beyond what a person agreed to */
                needsApproval: boolean;
                /** @description Deployments that a person is asked about */
                exceeded?: {
                    /** @description A deployment, for life */
                    deployment: string;
                    name: string;
                    /** @description Its limit: its own, else that of its fleet, else 500 */
                    maxTouched: number;
                    /** @description Devices that this change touches */
                    touched: number;
                    /** @description Present where it grew too far: devices that it would run on */
                    devices?: number;
                    /** @description Along with `devices`: on how many a person last agreed to */
                    agreedDevices?: number;
                }[];
            };
        };
        /** @description A change of intent, or of facts that are only assumed: at least one of its fields must be given */
        PlanRequest: {
            /** @description Manifests (kinds Fleet, Deployment and Alert) to apply; fleets are applied first, alerts last */
            manifests?: string | unknown[];
            /** @description What to delete, after the manifests were applied */
            remove?: {
                kind: "Deployment" | "Fleet" | "Alert";
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            }[];
            /** @description Labels to edit, before the manifests are applied; all together are one change */
            labels?: {
                /** @description Id or name of the device */
                device: string;
                /** @description Labels to set; null removes one; labels that are not named stay */
                labels: {
                    [key: string]: string | null;
                };
            }[];
            /** @description Taints to edit, before the manifests are applied: what does not tolerate one leaves the device and stays away; `drain` is the one that `ocelli drain` sets */
            taints?: {
                /** @description Id or name of the device */
                device: string;
                /** @description Labels to set; null removes one; labels that are not named stay */
                taints: {
                    [key: string]: string | null;
                };
            }[];
            /** @description After the manifests were applied; all together are one change */
            pins?: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                deployment: string;
                /** @description Id or name of the device */
                device: string;
                /** @description Revision that the device keeps whatever rollouts do; null frees it */
                revision: number | null;
            }[];
            /** @description What if these imagers were gone */
            withoutImagers?: {
                /** @description Id or name of the device */
                device: string;
                /** @description An imager of its device; survives a reboot */
                imager: string;
            }[];
            /** @description What if there were these devices too, with such an inventory */
            addDevices?: {
                name: string;
                labels?: {
                    [key: string]: string;
                };
                /** @description The latest known facts of a device */
                inventory: {
                    /** @description Ordered by certificate, then by start: the numbers of new hardware follow on, its starts begin anew */
                    session: {
                        /** @description Issue number of the certificate in use; grows with each renewal */
                        certificate: number;
                        /** @description Starts of the agent since enrolment */
                        start: number;
                    };
                    /** @description Random at each start of the operating system */
                    bootId: string;
                    /** @description When these facts were gathered, by the device, in milliseconds since 1970 (UTC) */
                    atMs: number;
                    /** @description Whether the operating system says the wall clock is synchronised */
                    clockSynchronised: boolean;
                    agent: {
                        /** @description Version of the agent */
                        version: string;
                        features: string[];
                    };
                    platform: {
                        /** @description arm64, x64 */
                        architecture: string;
                        /** @description Name and version */
                        operatingSystem: string;
                        /** @description Board model where known */
                        model: string;
                        /** @description Processor cores */
                        cpuCount: number;
                        /** @description Memory that instances may use together, in bytes */
                        memoryBytes: number;
                        /** @description Storage that artifacts and outbox may use together, in bytes */
                        storageBytes: number;
                        /** @description Whether its imagers are simulated */
                        simulated: boolean;
                    };
                    imagers: {
                        /** @description An imager of its device; survives a reboot */
                        id: string;
                        /** @description What drives it: simulated, ffmpeg, rpicam */
                        driver: string;
                        /** @description Sensor model where known, for instance IMX500 */
                        model: string;
                        /** @description Largest frame width it delivers, in pixels */
                        widthPixels: number;
                        /** @description Largest frame height it delivers, in pixels */
                        heightPixels: number;
                        /** @description Whether it tells colours apart. One of: mono, colour */
                        colour: string;
                        /** @description Formats it can deliver */
                        formats: string[];
                        /** @description Highest frame rate, in millihertz */
                        maxFrameRateMillihertz: number;
                        exposureMicros?: {
                            /** @description Exposure range, in microseconds */
                            min: number;
                            /** @description Exposure range, in microseconds */
                            max: number;
                        };
                        gainDecibels?: {
                            /** @description Analogue gain range, in decibels */
                            min: number;
                            /** @description Analogue gain range, in decibels */
                            max: number;
                        };
                        /** @description Whether exposure, gain, region and rate can be set */
                        controllable: boolean;
                    }[];
                    interfaces: {
                        /** @description An interface that the host links, with its version, as in ocelli:sensing/frames@0.1.0 */
                        name: string;
                        /** @description Only for instances bound to one of these imagers; absent: for all */
                        imagers?: string[];
                        attributes?: {
                            [key: string]: string | number | boolean;
                        };
                    }[];
                };
            }[];
        };
        PlanResponse: {
            /** @description Names the plans together; `ifPlan` of apply demands them to be still true */
            check: string;
            /** @description In the order in which apply would make them */
            changes: {
                kind: "applyDeployment" | "deleteDeployment" | "applyFleet" | "deleteFleet" | "editLabels" | "editTaints" | "editPins" | "assume" | "deleteDevice" | "replan" | "applyAlert" | "deleteAlert";
                /** @description Deployment, fleet or device */
                name: string;
                plan: {
                    /** @description Names this plan; `apply --if-plan` demands it to be still true */
                    check: string;
                    deployments: {
                        /** @description A deployment, for life */
                        deployment: string;
                        name: string;
                        revision: number;
                        /** @description All instances that should run after the change */
                        placements: {
                            /** @description An instance: deployment, device and slot */
                            instance: string;
                            /** @description A deployment, for life */
                            deployment: string;
                            revision: number;
                            /** @description A device, for life */
                            device: string;
                            /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                            slot: string;
                            /**
                             * @description It runs beside the live instance; its outputs are kept apart
                             * @constant
                             */
                            role?: "shadow";
                            /** @description An imager of its device; survives a reboot */
                            imager?: string;
                            realisation: string;
                            components: {
                                /** @description name@version */
                                reference: string;
                                /** @description SHA-256 of an artifact */
                                digest: string;
                                links: {
                                    interface: string;
                                    from: "host" | number;
                                }[];
                            }[];
                            score: number;
                        }[];
                        /** @description Instances of others that give way to it, by device */
                        preempts?: {
                            /** @description A device, for life */
                            device: string;
                            /** @description Name of the device */
                            name: string;
                            /** @description Deployment that loses the instance */
                            deployment: string;
                            /** @description An instance: deployment, device and slot */
                            instance: string;
                            priority: number;
                        }[];
                        /** @description For every device of the project, by id */
                        decisions: {
                            /** @description A device, for life */
                            device: string;
                            name: string;
                            outcome: "placed" | "refused" | "notTargeted";
                            instances: string[];
                            /** @description Reasons that concern the device as a whole; where it is placed: conflicts that others lost */
                            reasons: {
                                /** @description A placement.* code of the error registry */
                                code: string;
                                /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                                message: string;
                                wanted?: string | number;
                                offered?: string | number | string[];
                            }[];
                            candidates: {
                                realisation: string;
                                slot: string;
                                fits: boolean;
                                score?: number;
                                /** @description Memory of the device that others hold; replicas go where less is held */
                                loadPercent?: number;
                                /** @description Each provider that is linked in, for which import, and why not another */
                                picked?: string[];
                                /** @description All that stands against it; empty where it fits */
                                reasons: {
                                    /** @description A placement.* code of the error registry */
                                    code: string;
                                    /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                                    message: string;
                                    wanted?: string | number;
                                    offered?: string | number | string[];
                                }[];
                            }[];
                            /** @description What would have to change, as a sentence */
                            nearestMiss?: string;
                        }[];
                        grants: {
                            /** @description Host interfaces that the imports ask for, over all realisations */
                            needed: string[];
                            /** @description Of these, not granted by the manifest: apply refuses */
                            missing: string[];
                        };
                    }[];
                    /** @description Devices whose desired state changes, by id */
                    touched: {
                        /** @description A device, for life */
                        device: string;
                        name: string;
                        start: {
                            /** @description An instance: deployment, device and slot */
                            instance: string;
                            /** @description A deployment, for life */
                            deployment: string;
                            revision: number;
                            /** @description A device, for life */
                            device: string;
                            /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                            slot: string;
                            /**
                             * @description It runs beside the live instance; its outputs are kept apart
                             * @constant
                             */
                            role?: "shadow";
                            /** @description An imager of its device; survives a reboot */
                            imager?: string;
                            realisation: string;
                            components: {
                                /** @description name@version */
                                reference: string;
                                /** @description SHA-256 of an artifact */
                                digest: string;
                                links: {
                                    interface: string;
                                    from: "host" | number;
                                }[];
                            }[];
                            score: number;
                        }[];
                        /** @description Instances that go on in another revision or realisation */
                        change: {
                            /** @description An instance: deployment, device and slot */
                            instance: string;
                            /** @description A deployment, for life */
                            deployment: string;
                            revision: number;
                            /** @description A device, for life */
                            device: string;
                            /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                            slot: string;
                            /**
                             * @description It runs beside the live instance; its outputs are kept apart
                             * @constant
                             */
                            role?: "shadow";
                            /** @description An imager of its device; survives a reboot */
                            imager?: string;
                            realisation: string;
                            components: {
                                /** @description name@version */
                                reference: string;
                                /** @description SHA-256 of an artifact */
                                digest: string;
                                links: {
                                    interface: string;
                                    from: "host" | number;
                                }[];
                            }[];
                            score: number;
                        }[];
                        stop: {
                            /** @description An instance: deployment, device and slot */
                            instance: string;
                            /** @description A deployment, for life */
                            deployment: string;
                            revision: number;
                            /** @description A device, for life */
                            device: string;
                            /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                            slot: string;
                            /**
                             * @description It runs beside the live instance; its outputs are kept apart
                             * @constant
                             */
                            role?: "shadow";
                            /** @description An imager of its device; survives a reboot */
                            imager?: string;
                            realisation: string;
                            components: {
                                /** @description name@version */
                                reference: string;
                                /** @description SHA-256 of an artifact */
                                digest: string;
                                links: {
                                    interface: string;
                                    from: "host" | number;
                                }[];
                            }[];
                            score: number;
                        }[];
                    }[];
                    maxTouched: number;
                    /** @description More devices are touched than maxTouched allows, or more than that are reached beyond what a person agreed to */
                    needsApproval: boolean;
                    /** @description Deployments that a person is asked about */
                    exceeded?: {
                        /** @description A deployment, for life */
                        deployment: string;
                        name: string;
                        /** @description Its limit: its own, else that of its fleet, else 500 */
                        maxTouched: number;
                        /** @description Devices that this change touches */
                        touched: number;
                        /** @description Present where it grew too far: devices that it would run on */
                        devices?: number;
                        /** @description Along with `devices`: on how many a person last agreed to */
                        agreedDevices?: number;
                    }[];
                };
                /** @description Components of the deployment that get another version */
                upgrades?: {
                    component: string;
                    /** @description Version that runs now */
                    from: string;
                    to: string;
                    /** @description Interfaces that it imports and the one before did not */
                    newImports: string[];
                    droppedImports: string[];
                    /** @description Needs of imager and memory that are new or others, with the old ones */
                    newNeeds: string[];
                    /** @description Devices that run the deployment now and would not any more */
                    loses: {
                        /** @description A device, for life */
                        device: string;
                        name: string;
                        /** @description What would have to change */
                        why: string;
                    }[];
                }[];
                /** @description How a new revision would reach the devices if it were applied now */
                rollout?: {
                    /** @description The revision that it would bring */
                    revision: number;
                    /** @description The revision that devices come from and go back to; absent at the first */
                    from?: number;
                    /** @description False where all devices get the revision at once */
                    staged: boolean;
                    /** @description In order */
                    waves: {
                        /** @description From 1 */
                        number: number;
                        /** @description Its name, or how it was made: 10% */
                        name: string;
                        approval: "none" | "needed";
                        /** @description Who would be in it, by id; frozen when the revision is made */
                        devices: {
                            /** @description A device, for life */
                            device: string;
                            name: string;
                            /** @description It is connected; one that is not joins when it comes back */
                            living: boolean;
                        }[];
                        /** @description Devices that are connected */
                        living: number;
                        /** @description How the numbers come about, for people */
                        arithmetic: string;
                        /** @description What it takes at least; absent where none of its devices is connected, in milliseconds */
                        leastMs?: number;
                    }[];
                    /** @description When it starts; absent: at once, in milliseconds since 1970 (UTC) */
                    startAtMs?: number;
                    /** @description What maxUnavailable comes to now, for people */
                    budget: string;
                    /** @description Conditions between two waves, for people */
                    gate: string[];
                    /** @description How long both revisions run side by side in each wave, in milliseconds */
                    shadowForMs?: number;
                    /** @description When devices are released, in their own time; none: always */
                    windows: string[];
                    /** @description What a failing gate does */
                    onFailure: "pause" | "rollBack";
                    /** @description A device that is not healthy in this time goes back by itself, in milliseconds */
                    fallbackWithinMs: number;
                    /** @description When it ends at the latest, if it is made now, in milliseconds since 1970 (UTC) */
                    deadlineAtMs: number;
                    /** @description What all of it takes at least, from now; what is not counted is in `notes`, in milliseconds */
                    leastMs: number;
                    /** @description What else takes time or stands in the way, for people */
                    notes: string[];
                };
            }[];
            /** @description What all changes together start, change and stop on each device, by id */
            touched: {
                /** @description A device, for life */
                device: string;
                name: string;
                start: {
                    /** @description An instance: deployment, device and slot */
                    instance: string;
                    /** @description A deployment, for life */
                    deployment: string;
                    revision: number;
                    /** @description A device, for life */
                    device: string;
                    /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                    slot: string;
                    /**
                     * @description It runs beside the live instance; its outputs are kept apart
                     * @constant
                     */
                    role?: "shadow";
                    /** @description An imager of its device; survives a reboot */
                    imager?: string;
                    realisation: string;
                    components: {
                        /** @description name@version */
                        reference: string;
                        /** @description SHA-256 of an artifact */
                        digest: string;
                        links: {
                            interface: string;
                            from: "host" | number;
                        }[];
                    }[];
                    score: number;
                }[];
                /** @description Instances that go on in another revision or realisation */
                change: {
                    /** @description An instance: deployment, device and slot */
                    instance: string;
                    /** @description A deployment, for life */
                    deployment: string;
                    revision: number;
                    /** @description A device, for life */
                    device: string;
                    /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                    slot: string;
                    /**
                     * @description It runs beside the live instance; its outputs are kept apart
                     * @constant
                     */
                    role?: "shadow";
                    /** @description An imager of its device; survives a reboot */
                    imager?: string;
                    realisation: string;
                    components: {
                        /** @description name@version */
                        reference: string;
                        /** @description SHA-256 of an artifact */
                        digest: string;
                        links: {
                            interface: string;
                            from: "host" | number;
                        }[];
                    }[];
                    score: number;
                }[];
                stop: {
                    /** @description An instance: deployment, device and slot */
                    instance: string;
                    /** @description A deployment, for life */
                    deployment: string;
                    revision: number;
                    /** @description A device, for life */
                    device: string;
                    /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                    slot: string;
                    /**
                     * @description It runs beside the live instance; its outputs are kept apart
                     * @constant
                     */
                    role?: "shadow";
                    /** @description An imager of its device; survives a reboot */
                    imager?: string;
                    realisation: string;
                    components: {
                        /** @description name@version */
                        reference: string;
                        /** @description SHA-256 of an artifact */
                        digest: string;
                        links: {
                            interface: string;
                            from: "host" | number;
                        }[];
                    }[];
                    score: number;
                }[];
            }[];
        };
        PresenceHistory: {
            /** @description A device, for life */
            device: string;
            /** @description Start: not before the device enrolled or its history begins, in milliseconds since 1970 (UTC) */
            fromMs: number;
            /** @description End, in milliseconds since 1970 (UTC) */
            toMs: number;
            /** @description In order of time, without holes */
            spans: {
                /** @description Start, included, in milliseconds since 1970 (UTC) */
                fromMs: number;
                /** @description End, excluded, in milliseconds since 1970 (UTC) */
                toMs: number;
                /** @description online; degraded: online, and an instance fails; offline: said goodbye; lost; unknown: not heard since the server started */
                state: "online" | "degraded" | "offline" | "lost" | "unknown";
            }[];
            /** @description Of it, online or degraded, in milliseconds */
            onlineMs: number;
        };
        /** @description A refusal (RFC 9457, application/problem+json) */
        Problem: {
            /** @description `urn:ocelli:error:` and the code */
            type: string;
            /** @description What the code means */
            title: string;
            /** @description HTTP status */
            status: number;
            /** @description A code of the error registry */
            code: string;
            /** @description What was tried, with which value, and what came of it */
            detail: string;
            /** @description Path of the request */
            instance: string;
            /** @description Names the request in the log of the server */
            requestId: string;
            /** @description Whether the same request may succeed later without a change */
            retry: boolean;
            /** @description Facts for programs, for instance the fields in error */
            details?: {
                [key: string]: unknown;
            };
        };
        PushedComponent: {
            /** @description One admitted component version */
            component: {
                /** @description Lower case letters, digits and hyphens */
                name: string;
                /** @description Semantic version without build metadata */
                version: string;
                publisher: string;
                /** @description When it was admitted, in milliseconds since 1970 (UTC) */
                pushedAtMs: number;
                /** @description SHA-256 of an artifact */
                signature: string;
                /** @description SHA-256 of an artifact */
                digest: string;
                /** @description Size of the component, in bytes */
                sizeBytes: number;
                /** @description Interfaces with at least one imported function, with version */
                imports: string[];
                exports: string[];
                /** @description Content of the custom section ocelli:needs */
                needs: {
                    /** @description Needs of an imager; each absent one is no need */
                    imager?: {
                        /** @description Least frame width, in pixels */
                        minWidthPixels?: number;
                        /** @description Least frame height, in pixels */
                        minHeightPixels?: number;
                        /** @description Any of these formats */
                        formats?: string[];
                        /** @description True: a colour imager; false: a monochrome one */
                        colour?: boolean;
                        /** @description Least frame rate, in millihertz */
                        minFrameRateMillihertz?: number;
                        /** @description Exposures that it sets: the range of the imager must contain these */
                        exposureMicros?: {
                            /** @description Shortest exposure, in microseconds */
                            min: number;
                            /** @description Longest exposure, in microseconds */
                            max: number;
                        };
                        /** @description Whether no other instance may use the imager */
                        exclusive?: boolean;
                    };
                    /** @description Linear memory it needs, in bytes */
                    memoryBytes?: number;
                };
                /** @description The world as WIT text */
                wit: string;
            };
            /** @description same: this version was there with the same bytes */
            outcome: "added" | "same";
        };
        PutReceiver: {
            /** @description Where to POST */
            url: string;
        };
        RangeList: {
            /** @description Start, included: that of the first bucket, in milliseconds since 1970 (UTC) */
            fromMs: number;
            /** @description End, excluded, in milliseconds since 1970 (UTC) */
            toMs: number;
            /** @description What was read */
            resolution: "raw" | "minute" | "hour";
            /** @description Width of a bucket; buckets start at its multiples since 1970, in milliseconds */
            intervalMs: number;
            /** @description Up to here, by arrival, all records are counted; newer ones come with the next sums, in milliseconds since 1970 (UTC) */
            completeToMs: number;
            /** @description By name, then by group */
            items: {
                name: string;
                /** @description UCUM unit of value, min and max; per second on top of it for rate */
                unit: string;
                /** @description A device, for life */
                device?: string;
                deviceName?: string;
                /** @description An instance: deployment, device and slot */
                instance?: string;
                /** @description An imager of its device; survives a reboot */
                imager?: string;
                deploymentName?: string;
                /** @description The label that groups; null: devices without it */
                label?: {
                    key: string;
                    value: string | null;
                };
                /** @description Usual distance between two points; twice as far apart is a gap, in milliseconds */
                expectedIntervalMs: number;
                atMs: number[];
                value: number[];
                min: number[];
                max: number[];
                count: number[];
            }[];
        };
        RecordList: {
            /** @description In order of commit */
            items: {
                /** @description Orders all records by commit */
                cursor: string;
                /** @description A device, for life */
                device: string;
                deviceName: string;
                /** @description A deployment, for life */
                deployment?: string;
                deploymentName?: string;
                /** @description One run of an outbox */
                stream: string;
                /** @description Best estimate of when it happened, in milliseconds since 1970 (UTC) */
                observedAtMs: number;
                /** @description When the server had it, in milliseconds since 1970 (UTC) */
                receivedAtMs: number;
                record: {
                    /** @constant */
                    kind: "measurement";
                    /** @description Position in the stream */
                    sequence: number;
                    /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                    atMs: number;
                    /** @description Whether the wall clock was synchronised then */
                    synchronised: boolean;
                    /** @description Boot id of the device then */
                    boot: string;
                    /** @description An instance: deployment, device and slot */
                    instance: string;
                    /** @description Revision that put it out */
                    revision: number;
                    /** @description Role of the instance. One of: live, shadow */
                    role: string;
                    /** @description An imager of its device; survives a reboot */
                    imager?: string;
                    /** @description Sequence number of the frame it comes from */
                    frame?: number;
                    /** @description Monotonic capture time of that frame, within the boot, in microseconds */
                    captureMicros?: number;
                    /** @description What was measured */
                    name: string;
                    /** @description UCUM unit */
                    unit: string;
                    value: number;
                    labels?: {
                        [key: string]: string;
                    };
                } | {
                    /** @constant */
                    kind: "detections";
                    /** @description Position in the stream */
                    sequence: number;
                    /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                    atMs: number;
                    /** @description Whether the wall clock was synchronised then */
                    synchronised: boolean;
                    /** @description Boot id of the device then */
                    boot: string;
                    /** @description An instance: deployment, device and slot */
                    instance: string;
                    /** @description Revision that put it out */
                    revision: number;
                    /** @description Role of the instance. One of: live, shadow */
                    role: string;
                    /** @description An imager of its device; survives a reboot */
                    imager?: string;
                    /** @description Sequence number of the frame it comes from */
                    frame?: number;
                    /** @description Monotonic capture time of that frame, within the boot, in microseconds */
                    captureMicros?: number;
                    /** @description Width of the frame that boxes refer to, in pixels */
                    frameWidthPixels: number;
                    /** @description Height of the frame that boxes refer to, in pixels */
                    frameHeightPixels: number;
                    boxes: {
                        /** @description What was found */
                        class: string;
                        /** @description Confidence, 0 to 1 */
                        score: number;
                        /** @description Left edge, in pixels */
                        x: number;
                        /** @description Top edge, in pixels */
                        y: number;
                        /** @description In pixels */
                        width: number;
                        /** @description In pixels */
                        height: number;
                    }[];
                } | {
                    /** @constant */
                    kind: "event";
                    /** @description Position in the stream */
                    sequence: number;
                    /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                    atMs: number;
                    /** @description Whether the wall clock was synchronised then */
                    synchronised: boolean;
                    /** @description Boot id of the device then */
                    boot: string;
                    /** @description An instance: deployment, device and slot */
                    instance: string;
                    /** @description Revision that put it out */
                    revision: number;
                    /** @description Role of the instance. One of: live, shadow */
                    role: string;
                    /** @description An imager of its device; survives a reboot */
                    imager?: string;
                    /** @description Sequence number of the frame it comes from */
                    frame?: number;
                    /** @description Monotonic capture time of that frame, within the boot, in microseconds */
                    captureMicros?: number;
                    /** @description What happened */
                    name: string;
                    /** @description How much it matters. One of: info, warning, critical */
                    severity: string;
                    attributes: {
                        [key: string]: string | number | boolean;
                    };
                } | {
                    /** @constant */
                    kind: "log";
                    /** @description Position in the stream */
                    sequence: number;
                    /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                    atMs: number;
                    /** @description Whether the wall clock was synchronised then */
                    synchronised: boolean;
                    /** @description Boot id of the device then */
                    boot: string;
                    /** @description An instance: deployment, device and slot */
                    instance: string;
                    /** @description Revision that put it out */
                    revision: number;
                    /** @description Role of the instance. One of: live, shadow */
                    role: string;
                    /** @description An imager of its device; survives a reboot */
                    imager?: string;
                    /** @description Sequence number of the frame it comes from */
                    frame?: number;
                    /** @description Monotonic capture time of that frame, within the boot, in microseconds */
                    captureMicros?: number;
                    /** @description Severity. One of: trace, debug, info, warn, error, critical */
                    level: string;
                    /** @description Part of the component; stdout and stderr for its standard streams */
                    context: string;
                    /** @description One line */
                    message: string;
                } | {
                    /** @constant */
                    kind: "task";
                    /** @description Position in the stream */
                    sequence: number;
                    /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                    atMs: number;
                    /** @description Whether the wall clock was synchronised then */
                    synchronised: boolean;
                    /** @description Boot id of the device then */
                    boot: string;
                    /** @description An instance: deployment, device and slot */
                    instance: string;
                    /** @description Revision that put it out */
                    revision: number;
                    /** @description Role of the instance. One of: live, shadow */
                    role: string;
                    /** @description An imager of its device; survives a reboot */
                    imager?: string;
                    /** @description Sequence number of the frame it comes from */
                    frame?: number;
                    /** @description Monotonic capture time of that frame, within the boot, in microseconds */
                    captureMicros?: number;
                    /** @description 0: done */
                    exitCode: number;
                } | {
                    /** @constant */
                    kind: "lost";
                    /** @description Position in the stream */
                    sequence: number;
                    /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                    atMs: number;
                    /** @description Whether the wall clock was synchronised then */
                    synchronised: boolean;
                    /** @description Boot id of the device then */
                    boot: string;
                    /** @description First sequence dropped */
                    from: number;
                    /** @description Last sequence dropped */
                    to: number;
                    /** @description Records dropped between them, both included */
                    count: number;
                    /** @description Why */
                    reason: string;
                } | {
                    /** @description A kind this version does not know */
                    kind: string;
                    /** @description Position in the stream */
                    sequence: number;
                    /** @description Wall time of the device when it was put out, in milliseconds since 1970 (UTC) */
                    atMs: number;
                    /** @description Whether the wall clock was synchronised then */
                    synchronised: boolean;
                    /** @description Boot id of the device then */
                    boot: string;
                };
            }[];
            /** @description Value for `after` that goes on from here, also where nothing was found */
            cursor: string;
        };
        Recording: {
            /**
             * @description Version of this format
             * @constant
             */
            recording: 1;
            /** @description Everything that the scheduler reads: devices, fleets, deployments, and what runs */
            snapshot: {
                /** @description The tenant; `default` unless said otherwise */
                project: string;
                /** @description Version of the intent */
                version: number;
                /** @description When it was taken, in milliseconds since 1970 (UTC) */
                atMs?: number;
                devices: {
                    /** @description A device, for life */
                    id: string;
                    name: string;
                    labels: {
                        [key: string]: string;
                    };
                    presence: "online" | "offline" | "lost" | "unknown";
                    /** @description Since when, in milliseconds since 1970 (UTC) */
                    presenceAtMs?: number;
                    taints?: {
                        [key: string]: string;
                    };
                    /** @description The latest known facts of a device */
                    inventory?: {
                        /** @description Ordered by certificate, then by start: the numbers of new hardware follow on, its starts begin anew */
                        session: {
                            /** @description Issue number of the certificate in use; grows with each renewal */
                            certificate: number;
                            /** @description Starts of the agent since enrolment */
                            start: number;
                        };
                        /** @description Random at each start of the operating system */
                        bootId: string;
                        /** @description When these facts were gathered, by the device, in milliseconds since 1970 (UTC) */
                        atMs: number;
                        /** @description Whether the operating system says the wall clock is synchronised */
                        clockSynchronised: boolean;
                        agent: {
                            /** @description Version of the agent */
                            version: string;
                            features: string[];
                        };
                        platform: {
                            /** @description arm64, x64 */
                            architecture: string;
                            /** @description Name and version */
                            operatingSystem: string;
                            /** @description Board model where known */
                            model: string;
                            /** @description Processor cores */
                            cpuCount: number;
                            /** @description Memory that instances may use together, in bytes */
                            memoryBytes: number;
                            /** @description Storage that artifacts and outbox may use together, in bytes */
                            storageBytes: number;
                            /** @description Whether its imagers are simulated */
                            simulated: boolean;
                        };
                        imagers: {
                            /** @description An imager of its device; survives a reboot */
                            id: string;
                            /** @description What drives it: simulated, ffmpeg, rpicam */
                            driver: string;
                            /** @description Sensor model where known, for instance IMX500 */
                            model: string;
                            /** @description Largest frame width it delivers, in pixels */
                            widthPixels: number;
                            /** @description Largest frame height it delivers, in pixels */
                            heightPixels: number;
                            /** @description Whether it tells colours apart. One of: mono, colour */
                            colour: string;
                            /** @description Formats it can deliver */
                            formats: string[];
                            /** @description Highest frame rate, in millihertz */
                            maxFrameRateMillihertz: number;
                            exposureMicros?: {
                                /** @description Exposure range, in microseconds */
                                min: number;
                                /** @description Exposure range, in microseconds */
                                max: number;
                            };
                            gainDecibels?: {
                                /** @description Analogue gain range, in decibels */
                                min: number;
                                /** @description Analogue gain range, in decibels */
                                max: number;
                            };
                            /** @description Whether exposure, gain, region and rate can be set */
                            controllable: boolean;
                        }[];
                        interfaces: {
                            /** @description An interface that the host links, with its version, as in ocelli:sensing/frames@0.1.0 */
                            name: string;
                            /** @description Only for instances bound to one of these imagers; absent: for all */
                            imagers?: string[];
                            attributes?: {
                                [key: string]: string | number | boolean;
                            };
                        }[];
                    };
                }[];
                fleets: {
                    /** @constant */
                    apiVersion: "ocelli/v1";
                    /** @constant */
                    kind: "Fleet";
                    metadata: {
                        /** @description Lower case letters, digits and hyphens; unique within kind and project */
                        name: string;
                        /** @description default unless said otherwise */
                        project?: string;
                    };
                    /** @description Members and selector together: the union */
                    spec: {
                        /** @description Devices by id or name */
                        members?: string[];
                        /** @description CEL expression over `device` */
                        selector?: string;
                        /** @description Membership that changes by more devices at once waits for a person */
                        maxTouched?: number;
                    };
                }[];
                deployments: {
                    /** @description A deployment, for life */
                    id: string;
                    name: string;
                    /** @description Number */
                    revision: number;
                    spec: {
                        /** @description All that are given must hold; none given: every device of the project */
                        target?: {
                            /** @description Lower case letters, digits and hyphens; unique within kind and project */
                            fleet?: string;
                            /** @description CEL expression over `device` */
                            selector?: string;
                            /** @description Devices by id or name */
                            devices?: string[];
                        };
                        placement?: "everyDevice" | "everyImager" | {
                            replicas: number;
                            spread?: string[];
                        };
                        /** @description Where there is no room, instances of a lower priority give way; 0 where absent */
                        priority?: number;
                        /** @description Taints of devices that do not keep it away: `key` for any value, or `key=value` */
                        tolerations?: string[];
                        /** @description A device that is silent for longer gives its replica to another one; absent: it keeps it */
                        absentAfterMs?: number;
                        /** @description In order of preference */
                        realisations: {
                            /** @description Lower case letters, digits and hyphens; unique within kind and project */
                            name: string;
                            /** @description name@version */
                            component: string;
                            /** @description Linked in only where an import is not met by the host */
                            providers?: string[];
                            /** @description Tightens the needs that the component carries */
                            imager?: {
                                /** @description Least frame width, in pixels */
                                minWidthPixels?: number;
                                /** @description Least frame height, in pixels */
                                minHeightPixels?: number;
                                formats?: ("gray8" | "gray10" | "bayer-rggb8" | "bayer-rggb10" | "rgb8" | "yuv420")[];
                                /** @description True: a colour imager; false: a monochrome one */
                                colour?: boolean;
                                /** @description Least frame rate, in millihertz */
                                minFrameRateMillihertz?: number;
                                /** @description Exposures that it sets: the range of the imager must contain these */
                                exposureMicros?: {
                                    /** @description Shortest exposure, in microseconds */
                                    min: number;
                                    /** @description Longest exposure, in microseconds */
                                    max: number;
                                };
                                /** @description Whether no other instance may use the imager */
                                exclusive?: boolean;
                            };
                            /** @description Read by the component through wasi:config/store; numbers and booleans arrive as text */
                            config?: {
                                [key: string]: string | number | boolean;
                            };
                        }[];
                        /** @description Read by the component through wasi:config/store; numbers and booleans arrive as text */
                        config?: {
                            [key: string]: string | number | boolean;
                        };
                        /** @description Host interfaces it may call: short names of ocelli:sensing (measurements), or full names with or without version */
                        grants: string[];
                        /** @description Frames wanted of the imager; absent: its own rate and size */
                        frames?: {
                            /** @description Most frames wanted. What the instances on one imager ask for (this, or else minFrameRateMillihertz) stays together within its highest rate; who asks for nothing takes what is left */
                            frameRateMillihertz?: number;
                            widthPixels?: number;
                            heightPixels?: number;
                        };
                        /** @description Time between calls of interval-handler; 1000 where absent */
                        intervalMs?: number;
                        limits?: {
                            memoryBytes?: number;
                            callTimeoutMs?: number;
                            outputBytesPerSecond?: number;
                        };
                        restart?: {
                            policy?: "always" | "onFailure" | "never";
                            maxAttempts?: number;
                            backoffMs?: number;
                            maxBackoffMs?: number;
                            healthyForMs?: number;
                        };
                        /** @description How a new revision reaches the devices */
                        rollout?: {
                            /** @description A change that touches more devices waits for a person */
                            maxTouched?: number;
                            /** @description Absent: all devices at once */
                            waves?: ((number | string) | {
                                name?: string;
                                /** @description A number of devices, or a percentage of them, rounded up */
                                size?: number | string;
                                /** @description CEL over `device`, as in target */
                                selector?: string;
                                /** @description By id or name */
                                devices?: string[];
                                /**
                                 * @description A person approves before it opens
                                 * @constant
                                 */
                                approval?: "manual";
                            })[];
                            /**
                             * @description Each wave waits for a person before it opens
                             * @constant
                             */
                            approval?: "manual";
                            /** @description Devices that may be down at once, of those that live; 25% where the rollout has waves and this is absent, at least 1 */
                            maxUnavailable?: number | string;
                            /** @description Nothing is released before; as in 2026-12-01T22:00:00Z */
                            startAt?: string;
                            /** @description A device is released only while one of these is open where it stands */
                            windows?: {
                                /** @description Days on which it opens; every day where absent */
                                days?: ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[];
                                /** @description As in 22:00 */
                                from: string;
                                /** @description As in 22:00 */
                                to: string;
                            }[];
                            /** @description IANA name for devices without a label `timeZone`; UTC where absent */
                            timeZone?: string;
                            /** @description Condition for the next wave. maxFailed: devices that may fail in the whole rollout, 0 where absent, a percentage of the living ones; windowMs, minSamples and minDevices are what checks have that name none */
                            gate?: {
                                /** @description All living devices of the wave are healthy for this long; 30000 where absent */
                                healthyForMs?: number;
                                /** @description A number of devices, or a percentage of them, rounded up */
                                maxFailed?: number | string;
                                /** @description For each device, on average */
                                maxRestartsPerHour?: number;
                                /** @description Log lines of level error or critical for each device, on average */
                                maxErrorsPerHour?: number;
                                checks?: ({
                                    measurement: string;
                                    /** @description Shown to people */
                                    name?: string;
                                    /** @description mean: mean of the devices’ means. rate: records a minute and device. silence: longest time without a record. drift: each device against itself before it got the revision */
                                    compare: "mean" | "rate" | "silence" | "drift";
                                    /** @description Largest difference, in the unit of the value */
                                    maxDifference?: number;
                                    /** @description Largest difference in percent of the old revision; the larger bound counts */
                                    maxDifferencePercent?: number;
                                    /** @description For silence */
                                    maxSilenceMs?: number;
                                    /** @description How far back records count; 60000 where absent */
                                    windowMs?: number;
                                    /** @description Fewest records on either side before it is judged; 10 where absent */
                                    minSamples?: number;
                                    /** @description Fewest devices on either side before it is judged; 1 where absent */
                                    minDevices?: number;
                                } | {
                                    event: string;
                                    /** @description Shown to people */
                                    name?: string;
                                    /** @description mean: mean of the devices’ means. rate: records a minute and device. silence: longest time without a record. drift: each device against itself before it got the revision */
                                    compare: "mean" | "rate" | "silence" | "drift";
                                    /** @description Largest difference, in the unit of the value */
                                    maxDifference?: number;
                                    /** @description Largest difference in percent of the old revision; the larger bound counts */
                                    maxDifferencePercent?: number;
                                    /** @description For silence */
                                    maxSilenceMs?: number;
                                    /** @description How far back records count; 60000 where absent */
                                    windowMs?: number;
                                    /** @description Fewest records on either side before it is judged; 10 where absent */
                                    minSamples?: number;
                                    /** @description Fewest devices on either side before it is judged; 1 where absent */
                                    minDevices?: number;
                                } | {
                                    /** @description Shown to people */
                                    name?: string;
                                    /** @description True where all is well. `wave` and `rest` hold, by name of measurement or event: mean, ratePerMinute, silenceMs, drift, samples, devices */
                                    cel: string;
                                    /** @description How far back records count; 60000 where absent */
                                    windowMs?: number;
                                    /** @description Fewest records on either side before it is judged; 10 where absent */
                                    minSamples?: number;
                                    /** @description Fewest devices on either side before it is judged; 1 where absent */
                                    minDevices?: number;
                                })[];
                                /** @description How far back records count; 60000 where absent */
                                windowMs?: number;
                                /** @description Fewest records on either side before it is judged; 10 where absent */
                                minSamples?: number;
                                /** @description Fewest devices on either side before it is judged; 1 where absent */
                                minDevices?: number;
                            };
                            /** @description Each wave first runs the new revision beside the old one on the same frames, its outputs kept apart, and is switched when the checks hold */
                            shadow?: {
                                /** @description How long both revisions run side by side, at least */
                                forMs: number;
                                checks?: {
                                    /** @description Shown to people */
                                    name?: string;
                                    measurement: string;
                                    /** @description Largest mean difference between both values of one frame */
                                    maxDifference?: number;
                                    /** @description Frames on which both put out the same value */
                                    minAgreementPercent?: number;
                                    /** @description Fewest frames compared; 10 where absent */
                                    minSamples?: number;
                                }[];
                            };
                            /** @description What a failing gate does; pause where absent */
                            onFailure?: "pause" | "rollBack";
                            fallback?: {
                                /** @description A device that is not healthy in this time goes back by itself; 300000 where absent */
                                withinMs: number;
                            };
                            /** @description A rollout that has not ended after this is ended; 604800000 (a week) where absent */
                            deadlineMs?: number;
                        };
                    };
                    components: {
                        [key: string]: {
                            name: string;
                            version: string;
                            /** @description SHA-256 of an artifact */
                            digest: string;
                            /** @description Size of the component */
                            sizeBytes: number;
                            /** @description SHA-256 of an artifact */
                            signature: string;
                            imports: string[];
                            exports: string[];
                            /** @description Content of the custom section ocelli:needs */
                            needs: {
                                /** @description Needs of an imager; each absent one is no need */
                                imager?: {
                                    /** @description Least frame width, in pixels */
                                    minWidthPixels?: number;
                                    /** @description Least frame height, in pixels */
                                    minHeightPixels?: number;
                                    /** @description Any of these formats */
                                    formats?: string[];
                                    /** @description True: a colour imager; false: a monochrome one */
                                    colour?: boolean;
                                    /** @description Least frame rate, in millihertz */
                                    minFrameRateMillihertz?: number;
                                    /** @description Exposures that it sets: the range of the imager must contain these */
                                    exposureMicros?: {
                                        /** @description Shortest exposure, in microseconds */
                                        min: number;
                                        /** @description Longest exposure, in microseconds */
                                        max: number;
                                    };
                                    /** @description Whether no other instance may use the imager */
                                    exclusive?: boolean;
                                };
                                /** @description Linear memory it needs, in bytes */
                                memoryBytes?: number;
                            };
                        };
                    };
                    /** @description On how many devices it was to run when a person last said so */
                    agreedDevices?: number;
                    rollout?: {
                        from?: {
                            /** @description Number */
                            revision: number;
                            spec: {
                                /** @description All that are given must hold; none given: every device of the project */
                                target?: {
                                    /** @description Lower case letters, digits and hyphens; unique within kind and project */
                                    fleet?: string;
                                    /** @description CEL expression over `device` */
                                    selector?: string;
                                    /** @description Devices by id or name */
                                    devices?: string[];
                                };
                                placement?: "everyDevice" | "everyImager" | {
                                    replicas: number;
                                    spread?: string[];
                                };
                                /** @description Where there is no room, instances of a lower priority give way; 0 where absent */
                                priority?: number;
                                /** @description Taints of devices that do not keep it away: `key` for any value, or `key=value` */
                                tolerations?: string[];
                                /** @description A device that is silent for longer gives its replica to another one; absent: it keeps it */
                                absentAfterMs?: number;
                                /** @description In order of preference */
                                realisations: {
                                    /** @description Lower case letters, digits and hyphens; unique within kind and project */
                                    name: string;
                                    /** @description name@version */
                                    component: string;
                                    /** @description Linked in only where an import is not met by the host */
                                    providers?: string[];
                                    /** @description Tightens the needs that the component carries */
                                    imager?: {
                                        /** @description Least frame width, in pixels */
                                        minWidthPixels?: number;
                                        /** @description Least frame height, in pixels */
                                        minHeightPixels?: number;
                                        formats?: ("gray8" | "gray10" | "bayer-rggb8" | "bayer-rggb10" | "rgb8" | "yuv420")[];
                                        /** @description True: a colour imager; false: a monochrome one */
                                        colour?: boolean;
                                        /** @description Least frame rate, in millihertz */
                                        minFrameRateMillihertz?: number;
                                        /** @description Exposures that it sets: the range of the imager must contain these */
                                        exposureMicros?: {
                                            /** @description Shortest exposure, in microseconds */
                                            min: number;
                                            /** @description Longest exposure, in microseconds */
                                            max: number;
                                        };
                                        /** @description Whether no other instance may use the imager */
                                        exclusive?: boolean;
                                    };
                                    /** @description Read by the component through wasi:config/store; numbers and booleans arrive as text */
                                    config?: {
                                        [key: string]: string | number | boolean;
                                    };
                                }[];
                                /** @description Read by the component through wasi:config/store; numbers and booleans arrive as text */
                                config?: {
                                    [key: string]: string | number | boolean;
                                };
                                /** @description Host interfaces it may call: short names of ocelli:sensing (measurements), or full names with or without version */
                                grants: string[];
                                /** @description Frames wanted of the imager; absent: its own rate and size */
                                frames?: {
                                    /** @description Most frames wanted. What the instances on one imager ask for (this, or else minFrameRateMillihertz) stays together within its highest rate; who asks for nothing takes what is left */
                                    frameRateMillihertz?: number;
                                    widthPixels?: number;
                                    heightPixels?: number;
                                };
                                /** @description Time between calls of interval-handler; 1000 where absent */
                                intervalMs?: number;
                                limits?: {
                                    memoryBytes?: number;
                                    callTimeoutMs?: number;
                                    outputBytesPerSecond?: number;
                                };
                                restart?: {
                                    policy?: "always" | "onFailure" | "never";
                                    maxAttempts?: number;
                                    backoffMs?: number;
                                    maxBackoffMs?: number;
                                    healthyForMs?: number;
                                };
                                /** @description How a new revision reaches the devices */
                                rollout?: {
                                    /** @description A change that touches more devices waits for a person */
                                    maxTouched?: number;
                                    /** @description Absent: all devices at once */
                                    waves?: ((number | string) | {
                                        name?: string;
                                        /** @description A number of devices, or a percentage of them, rounded up */
                                        size?: number | string;
                                        /** @description CEL over `device`, as in target */
                                        selector?: string;
                                        /** @description By id or name */
                                        devices?: string[];
                                        /**
                                         * @description A person approves before it opens
                                         * @constant
                                         */
                                        approval?: "manual";
                                    })[];
                                    /**
                                     * @description Each wave waits for a person before it opens
                                     * @constant
                                     */
                                    approval?: "manual";
                                    /** @description Devices that may be down at once, of those that live; 25% where the rollout has waves and this is absent, at least 1 */
                                    maxUnavailable?: number | string;
                                    /** @description Nothing is released before; as in 2026-12-01T22:00:00Z */
                                    startAt?: string;
                                    /** @description A device is released only while one of these is open where it stands */
                                    windows?: {
                                        /** @description Days on which it opens; every day where absent */
                                        days?: ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[];
                                        /** @description As in 22:00 */
                                        from: string;
                                        /** @description As in 22:00 */
                                        to: string;
                                    }[];
                                    /** @description IANA name for devices without a label `timeZone`; UTC where absent */
                                    timeZone?: string;
                                    /** @description Condition for the next wave. maxFailed: devices that may fail in the whole rollout, 0 where absent, a percentage of the living ones; windowMs, minSamples and minDevices are what checks have that name none */
                                    gate?: {
                                        /** @description All living devices of the wave are healthy for this long; 30000 where absent */
                                        healthyForMs?: number;
                                        /** @description A number of devices, or a percentage of them, rounded up */
                                        maxFailed?: number | string;
                                        /** @description For each device, on average */
                                        maxRestartsPerHour?: number;
                                        /** @description Log lines of level error or critical for each device, on average */
                                        maxErrorsPerHour?: number;
                                        checks?: ({
                                            measurement: string;
                                            /** @description Shown to people */
                                            name?: string;
                                            /** @description mean: mean of the devices’ means. rate: records a minute and device. silence: longest time without a record. drift: each device against itself before it got the revision */
                                            compare: "mean" | "rate" | "silence" | "drift";
                                            /** @description Largest difference, in the unit of the value */
                                            maxDifference?: number;
                                            /** @description Largest difference in percent of the old revision; the larger bound counts */
                                            maxDifferencePercent?: number;
                                            /** @description For silence */
                                            maxSilenceMs?: number;
                                            /** @description How far back records count; 60000 where absent */
                                            windowMs?: number;
                                            /** @description Fewest records on either side before it is judged; 10 where absent */
                                            minSamples?: number;
                                            /** @description Fewest devices on either side before it is judged; 1 where absent */
                                            minDevices?: number;
                                        } | {
                                            event: string;
                                            /** @description Shown to people */
                                            name?: string;
                                            /** @description mean: mean of the devices’ means. rate: records a minute and device. silence: longest time without a record. drift: each device against itself before it got the revision */
                                            compare: "mean" | "rate" | "silence" | "drift";
                                            /** @description Largest difference, in the unit of the value */
                                            maxDifference?: number;
                                            /** @description Largest difference in percent of the old revision; the larger bound counts */
                                            maxDifferencePercent?: number;
                                            /** @description For silence */
                                            maxSilenceMs?: number;
                                            /** @description How far back records count; 60000 where absent */
                                            windowMs?: number;
                                            /** @description Fewest records on either side before it is judged; 10 where absent */
                                            minSamples?: number;
                                            /** @description Fewest devices on either side before it is judged; 1 where absent */
                                            minDevices?: number;
                                        } | {
                                            /** @description Shown to people */
                                            name?: string;
                                            /** @description True where all is well. `wave` and `rest` hold, by name of measurement or event: mean, ratePerMinute, silenceMs, drift, samples, devices */
                                            cel: string;
                                            /** @description How far back records count; 60000 where absent */
                                            windowMs?: number;
                                            /** @description Fewest records on either side before it is judged; 10 where absent */
                                            minSamples?: number;
                                            /** @description Fewest devices on either side before it is judged; 1 where absent */
                                            minDevices?: number;
                                        })[];
                                        /** @description How far back records count; 60000 where absent */
                                        windowMs?: number;
                                        /** @description Fewest records on either side before it is judged; 10 where absent */
                                        minSamples?: number;
                                        /** @description Fewest devices on either side before it is judged; 1 where absent */
                                        minDevices?: number;
                                    };
                                    /** @description Each wave first runs the new revision beside the old one on the same frames, its outputs kept apart, and is switched when the checks hold */
                                    shadow?: {
                                        /** @description How long both revisions run side by side, at least */
                                        forMs: number;
                                        checks?: {
                                            /** @description Shown to people */
                                            name?: string;
                                            measurement: string;
                                            /** @description Largest mean difference between both values of one frame */
                                            maxDifference?: number;
                                            /** @description Frames on which both put out the same value */
                                            minAgreementPercent?: number;
                                            /** @description Fewest frames compared; 10 where absent */
                                            minSamples?: number;
                                        }[];
                                    };
                                    /** @description What a failing gate does; pause where absent */
                                    onFailure?: "pause" | "rollBack";
                                    fallback?: {
                                        /** @description A device that is not healthy in this time goes back by itself; 300000 where absent */
                                        withinMs: number;
                                    };
                                    /** @description A rollout that has not ended after this is ended; 604800000 (a week) where absent */
                                    deadlineMs?: number;
                                };
                            };
                            components: {
                                [key: string]: {
                                    name: string;
                                    version: string;
                                    /** @description SHA-256 of an artifact */
                                    digest: string;
                                    /** @description Size of the component */
                                    sizeBytes: number;
                                    /** @description SHA-256 of an artifact */
                                    signature: string;
                                    imports: string[];
                                    exports: string[];
                                    /** @description Content of the custom section ocelli:needs */
                                    needs: {
                                        /** @description Needs of an imager; each absent one is no need */
                                        imager?: {
                                            /** @description Least frame width, in pixels */
                                            minWidthPixels?: number;
                                            /** @description Least frame height, in pixels */
                                            minHeightPixels?: number;
                                            /** @description Any of these formats */
                                            formats?: string[];
                                            /** @description True: a colour imager; false: a monochrome one */
                                            colour?: boolean;
                                            /** @description Least frame rate, in millihertz */
                                            minFrameRateMillihertz?: number;
                                            /** @description Exposures that it sets: the range of the imager must contain these */
                                            exposureMicros?: {
                                                /** @description Shortest exposure, in microseconds */
                                                min: number;
                                                /** @description Longest exposure, in microseconds */
                                                max: number;
                                            };
                                            /** @description Whether no other instance may use the imager */
                                            exclusive?: boolean;
                                        };
                                        /** @description Linear memory it needs, in bytes */
                                        memoryBytes?: number;
                                    };
                                };
                            };
                        };
                        released: string[];
                        shadow: string[];
                    };
                    pins?: {
                        [key: string]: {
                            /** @description Number */
                            revision: number;
                            spec: {
                                /** @description All that are given must hold; none given: every device of the project */
                                target?: {
                                    /** @description Lower case letters, digits and hyphens; unique within kind and project */
                                    fleet?: string;
                                    /** @description CEL expression over `device` */
                                    selector?: string;
                                    /** @description Devices by id or name */
                                    devices?: string[];
                                };
                                placement?: "everyDevice" | "everyImager" | {
                                    replicas: number;
                                    spread?: string[];
                                };
                                /** @description Where there is no room, instances of a lower priority give way; 0 where absent */
                                priority?: number;
                                /** @description Taints of devices that do not keep it away: `key` for any value, or `key=value` */
                                tolerations?: string[];
                                /** @description A device that is silent for longer gives its replica to another one; absent: it keeps it */
                                absentAfterMs?: number;
                                /** @description In order of preference */
                                realisations: {
                                    /** @description Lower case letters, digits and hyphens; unique within kind and project */
                                    name: string;
                                    /** @description name@version */
                                    component: string;
                                    /** @description Linked in only where an import is not met by the host */
                                    providers?: string[];
                                    /** @description Tightens the needs that the component carries */
                                    imager?: {
                                        /** @description Least frame width, in pixels */
                                        minWidthPixels?: number;
                                        /** @description Least frame height, in pixels */
                                        minHeightPixels?: number;
                                        formats?: ("gray8" | "gray10" | "bayer-rggb8" | "bayer-rggb10" | "rgb8" | "yuv420")[];
                                        /** @description True: a colour imager; false: a monochrome one */
                                        colour?: boolean;
                                        /** @description Least frame rate, in millihertz */
                                        minFrameRateMillihertz?: number;
                                        /** @description Exposures that it sets: the range of the imager must contain these */
                                        exposureMicros?: {
                                            /** @description Shortest exposure, in microseconds */
                                            min: number;
                                            /** @description Longest exposure, in microseconds */
                                            max: number;
                                        };
                                        /** @description Whether no other instance may use the imager */
                                        exclusive?: boolean;
                                    };
                                    /** @description Read by the component through wasi:config/store; numbers and booleans arrive as text */
                                    config?: {
                                        [key: string]: string | number | boolean;
                                    };
                                }[];
                                /** @description Read by the component through wasi:config/store; numbers and booleans arrive as text */
                                config?: {
                                    [key: string]: string | number | boolean;
                                };
                                /** @description Host interfaces it may call: short names of ocelli:sensing (measurements), or full names with or without version */
                                grants: string[];
                                /** @description Frames wanted of the imager; absent: its own rate and size */
                                frames?: {
                                    /** @description Most frames wanted. What the instances on one imager ask for (this, or else minFrameRateMillihertz) stays together within its highest rate; who asks for nothing takes what is left */
                                    frameRateMillihertz?: number;
                                    widthPixels?: number;
                                    heightPixels?: number;
                                };
                                /** @description Time between calls of interval-handler; 1000 where absent */
                                intervalMs?: number;
                                limits?: {
                                    memoryBytes?: number;
                                    callTimeoutMs?: number;
                                    outputBytesPerSecond?: number;
                                };
                                restart?: {
                                    policy?: "always" | "onFailure" | "never";
                                    maxAttempts?: number;
                                    backoffMs?: number;
                                    maxBackoffMs?: number;
                                    healthyForMs?: number;
                                };
                                /** @description How a new revision reaches the devices */
                                rollout?: {
                                    /** @description A change that touches more devices waits for a person */
                                    maxTouched?: number;
                                    /** @description Absent: all devices at once */
                                    waves?: ((number | string) | {
                                        name?: string;
                                        /** @description A number of devices, or a percentage of them, rounded up */
                                        size?: number | string;
                                        /** @description CEL over `device`, as in target */
                                        selector?: string;
                                        /** @description By id or name */
                                        devices?: string[];
                                        /**
                                         * @description A person approves before it opens
                                         * @constant
                                         */
                                        approval?: "manual";
                                    })[];
                                    /**
                                     * @description Each wave waits for a person before it opens
                                     * @constant
                                     */
                                    approval?: "manual";
                                    /** @description Devices that may be down at once, of those that live; 25% where the rollout has waves and this is absent, at least 1 */
                                    maxUnavailable?: number | string;
                                    /** @description Nothing is released before; as in 2026-12-01T22:00:00Z */
                                    startAt?: string;
                                    /** @description A device is released only while one of these is open where it stands */
                                    windows?: {
                                        /** @description Days on which it opens; every day where absent */
                                        days?: ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[];
                                        /** @description As in 22:00 */
                                        from: string;
                                        /** @description As in 22:00 */
                                        to: string;
                                    }[];
                                    /** @description IANA name for devices without a label `timeZone`; UTC where absent */
                                    timeZone?: string;
                                    /** @description Condition for the next wave. maxFailed: devices that may fail in the whole rollout, 0 where absent, a percentage of the living ones; windowMs, minSamples and minDevices are what checks have that name none */
                                    gate?: {
                                        /** @description All living devices of the wave are healthy for this long; 30000 where absent */
                                        healthyForMs?: number;
                                        /** @description A number of devices, or a percentage of them, rounded up */
                                        maxFailed?: number | string;
                                        /** @description For each device, on average */
                                        maxRestartsPerHour?: number;
                                        /** @description Log lines of level error or critical for each device, on average */
                                        maxErrorsPerHour?: number;
                                        checks?: ({
                                            measurement: string;
                                            /** @description Shown to people */
                                            name?: string;
                                            /** @description mean: mean of the devices’ means. rate: records a minute and device. silence: longest time without a record. drift: each device against itself before it got the revision */
                                            compare: "mean" | "rate" | "silence" | "drift";
                                            /** @description Largest difference, in the unit of the value */
                                            maxDifference?: number;
                                            /** @description Largest difference in percent of the old revision; the larger bound counts */
                                            maxDifferencePercent?: number;
                                            /** @description For silence */
                                            maxSilenceMs?: number;
                                            /** @description How far back records count; 60000 where absent */
                                            windowMs?: number;
                                            /** @description Fewest records on either side before it is judged; 10 where absent */
                                            minSamples?: number;
                                            /** @description Fewest devices on either side before it is judged; 1 where absent */
                                            minDevices?: number;
                                        } | {
                                            event: string;
                                            /** @description Shown to people */
                                            name?: string;
                                            /** @description mean: mean of the devices’ means. rate: records a minute and device. silence: longest time without a record. drift: each device against itself before it got the revision */
                                            compare: "mean" | "rate" | "silence" | "drift";
                                            /** @description Largest difference, in the unit of the value */
                                            maxDifference?: number;
                                            /** @description Largest difference in percent of the old revision; the larger bound counts */
                                            maxDifferencePercent?: number;
                                            /** @description For silence */
                                            maxSilenceMs?: number;
                                            /** @description How far back records count; 60000 where absent */
                                            windowMs?: number;
                                            /** @description Fewest records on either side before it is judged; 10 where absent */
                                            minSamples?: number;
                                            /** @description Fewest devices on either side before it is judged; 1 where absent */
                                            minDevices?: number;
                                        } | {
                                            /** @description Shown to people */
                                            name?: string;
                                            /** @description True where all is well. `wave` and `rest` hold, by name of measurement or event: mean, ratePerMinute, silenceMs, drift, samples, devices */
                                            cel: string;
                                            /** @description How far back records count; 60000 where absent */
                                            windowMs?: number;
                                            /** @description Fewest records on either side before it is judged; 10 where absent */
                                            minSamples?: number;
                                            /** @description Fewest devices on either side before it is judged; 1 where absent */
                                            minDevices?: number;
                                        })[];
                                        /** @description How far back records count; 60000 where absent */
                                        windowMs?: number;
                                        /** @description Fewest records on either side before it is judged; 10 where absent */
                                        minSamples?: number;
                                        /** @description Fewest devices on either side before it is judged; 1 where absent */
                                        minDevices?: number;
                                    };
                                    /** @description Each wave first runs the new revision beside the old one on the same frames, its outputs kept apart, and is switched when the checks hold */
                                    shadow?: {
                                        /** @description How long both revisions run side by side, at least */
                                        forMs: number;
                                        checks?: {
                                            /** @description Shown to people */
                                            name?: string;
                                            measurement: string;
                                            /** @description Largest mean difference between both values of one frame */
                                            maxDifference?: number;
                                            /** @description Frames on which both put out the same value */
                                            minAgreementPercent?: number;
                                            /** @description Fewest frames compared; 10 where absent */
                                            minSamples?: number;
                                        }[];
                                    };
                                    /** @description What a failing gate does; pause where absent */
                                    onFailure?: "pause" | "rollBack";
                                    fallback?: {
                                        /** @description A device that is not healthy in this time goes back by itself; 300000 where absent */
                                        withinMs: number;
                                    };
                                    /** @description A rollout that has not ended after this is ended; 604800000 (a week) where absent */
                                    deadlineMs?: number;
                                };
                            };
                            components: {
                                [key: string]: {
                                    name: string;
                                    version: string;
                                    /** @description SHA-256 of an artifact */
                                    digest: string;
                                    /** @description Size of the component */
                                    sizeBytes: number;
                                    /** @description SHA-256 of an artifact */
                                    signature: string;
                                    imports: string[];
                                    exports: string[];
                                    /** @description Content of the custom section ocelli:needs */
                                    needs: {
                                        /** @description Needs of an imager; each absent one is no need */
                                        imager?: {
                                            /** @description Least frame width, in pixels */
                                            minWidthPixels?: number;
                                            /** @description Least frame height, in pixels */
                                            minHeightPixels?: number;
                                            /** @description Any of these formats */
                                            formats?: string[];
                                            /** @description True: a colour imager; false: a monochrome one */
                                            colour?: boolean;
                                            /** @description Least frame rate, in millihertz */
                                            minFrameRateMillihertz?: number;
                                            /** @description Exposures that it sets: the range of the imager must contain these */
                                            exposureMicros?: {
                                                /** @description Shortest exposure, in microseconds */
                                                min: number;
                                                /** @description Longest exposure, in microseconds */
                                                max: number;
                                            };
                                            /** @description Whether no other instance may use the imager */
                                            exclusive?: boolean;
                                        };
                                        /** @description Linear memory it needs, in bytes */
                                        memoryBytes?: number;
                                    };
                                };
                            };
                        };
                    };
                }[];
                placements: {
                    /** @description An instance: deployment, device and slot */
                    instance: string;
                    /** @description A deployment, for life */
                    deployment: string;
                    revision: number;
                    /** @description A device, for life */
                    device: string;
                    /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                    slot: string;
                    /**
                     * @description It runs beside the live instance; its outputs are kept apart
                     * @constant
                     */
                    role?: "shadow";
                    /** @description An imager of its device; survives a reboot */
                    imager?: string;
                    realisation: string;
                    components: {
                        /** @description name@version */
                        reference: string;
                        /** @description SHA-256 of an artifact */
                        digest: string;
                        links: {
                            interface: string;
                            from: "host" | number;
                        }[];
                    }[];
                    score: number;
                }[];
            };
            /** @description SHA-256 of the plans of all deployments as JSON, hexadecimal */
            planSha256: string;
        };
        Replay: {
            /** @description Of the plans that are made now */
            planSha256: string;
            /** @description Whether they are those of the recording, byte for byte */
            same: boolean;
            deployments: {
                /** @description A deployment, for life */
                deployment: string;
                name: string;
                revision: number;
                /** @description All instances that should run after the change */
                placements: {
                    /** @description An instance: deployment, device and slot */
                    instance: string;
                    /** @description A deployment, for life */
                    deployment: string;
                    revision: number;
                    /** @description A device, for life */
                    device: string;
                    /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                    slot: string;
                    /**
                     * @description It runs beside the live instance; its outputs are kept apart
                     * @constant
                     */
                    role?: "shadow";
                    /** @description An imager of its device; survives a reboot */
                    imager?: string;
                    realisation: string;
                    components: {
                        /** @description name@version */
                        reference: string;
                        /** @description SHA-256 of an artifact */
                        digest: string;
                        links: {
                            interface: string;
                            from: "host" | number;
                        }[];
                    }[];
                    score: number;
                }[];
                /** @description Instances of others that give way to it, by device */
                preempts?: {
                    /** @description A device, for life */
                    device: string;
                    /** @description Name of the device */
                    name: string;
                    /** @description Deployment that loses the instance */
                    deployment: string;
                    /** @description An instance: deployment, device and slot */
                    instance: string;
                    priority: number;
                }[];
                /** @description For every device of the project, by id */
                decisions: {
                    /** @description A device, for life */
                    device: string;
                    name: string;
                    outcome: "placed" | "refused" | "notTargeted";
                    instances: string[];
                    /** @description Reasons that concern the device as a whole; where it is placed: conflicts that others lost */
                    reasons: {
                        /** @description A placement.* code of the error registry */
                        code: string;
                        /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                        message: string;
                        wanted?: string | number;
                        offered?: string | number | string[];
                    }[];
                    candidates: {
                        realisation: string;
                        slot: string;
                        fits: boolean;
                        score?: number;
                        /** @description Memory of the device that others hold; replicas go where less is held */
                        loadPercent?: number;
                        /** @description Each provider that is linked in, for which import, and why not another */
                        picked?: string[];
                        /** @description All that stands against it; empty where it fits */
                        reasons: {
                            /** @description A placement.* code of the error registry */
                            code: string;
                            /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                            message: string;
                            wanted?: string | number;
                            offered?: string | number | string[];
                        }[];
                    }[];
                    /** @description What would have to change, as a sentence */
                    nearestMiss?: string;
                }[];
                grants: {
                    /** @description Host interfaces that the imports ask for, over all realisations */
                    needed: string[];
                    /** @description Of these, not granted by the manifest: apply refuses */
                    missing: string[];
                };
            }[];
        };
        Retention: {
            /** @description Measurements and detections, each by itself, are kept, in milliseconds */
            measurementsMs: number;
            /** @description Log lines are kept, in milliseconds */
            logsMs: number;
            /** @description Events, task ends and losses are kept, in milliseconds */
            eventsMs: number;
            /** @description Sums by minute are kept, in milliseconds */
            minutesMs: number;
            /** @description Sums by hour are kept, in milliseconds */
            hoursMs: number;
            /** @description Presence, timelines and alerts that are over are kept, in milliseconds */
            historyMs: number;
        };
        RetireRoot: {
            /** @description Although devices have yet to renew: they can come back as new hardware only */
            force?: boolean;
        };
        RevokedCertificates: {
            /** @description Serial numbers that became revoked */
            serials: string[];
        };
        RolloutDetail: {
            /** @description A deployment, for life */
            deployment: string;
            /** @description Of the deployment */
            name: string;
            /** @description The revision that it brings */
            revision: number;
            /** @description The revision that devices come from and go back to; absent at the first */
            from?: number;
            /** @description scheduled: waits for its start; approval: a person approves the next wave; shadowing: both revisions run side by side; open: a wave is being moved or judged; completed, aborted, rolledBack, superseded: ended */
            phase: "scheduled" | "approval" | "shadowing" | "open" | "paused" | "rollingBack" | "completed" | "aborted" | "rolledBack" | "superseded";
            ended: boolean;
            /** @description False where all devices got the revision at once */
            staged: boolean;
            /** @description Number of the current wave, from 1 */
            wave: number;
            /** @description Number of waves */
            waves: number;
            /** @description Who made the revision */
            actor: string;
            /** @description When the revision was made, in milliseconds since 1970 (UTC) */
            startedAtMs: number;
            /** @description When it entered this phase, in milliseconds since 1970 (UTC) */
            phaseAtMs: number;
            /** @description When it ended, in milliseconds since 1970 (UTC) */
            endedAtMs?: number;
            /** @description Devices that it concerns */
            members: number;
            /** @description Devices by progress */
            counts: {
                /** @description Devices that are waiting */
                waiting: number;
                /** @description Devices that are told */
                told: number;
                /** @description Devices that are fetching */
                fetching: number;
                /** @description Devices that are starting */
                starting: number;
                /** @description Devices that are healthy */
                healthy: number;
                /** @description Devices that are failed */
                failed: number;
                /** @description Devices that are rolledBack */
                rolledBack: number;
                /** @description Devices that are absent */
                absent: number;
                /** @description Devices that are left */
                left: number;
            };
            /** @description What it does or waits for at present, with numbers, for people */
            reasons: string[];
            /** @description Names what is shown; given as `after`, the next answer waits until it differs */
            check: string;
            /** @description What maxUnavailable comes to now */
            budget: {
                /** @description Devices that may be down at once; absent: all */
                allowed?: number;
                /** @description Living devices that are not healthy on the revision they should run */
                down: number;
                text: string;
            };
            list: {
                /** @description From 1 */
                number: number;
                /** @description Its name, or how it was made: 10% */
                name: string;
                state: "closed" | "shadowing" | "open" | "passed";
                approval: "none" | "needed" | "given";
                /** @description Devices in it; frozen when the rollout was made */
                devices: number;
                /** @description Of these, devices that came later and belong here */
                joined: number;
                /** @description Devices that are connected */
                living: number;
                /** @description Devices by progress */
                counts: {
                    /** @description Devices that are waiting */
                    waiting: number;
                    /** @description Devices that are told */
                    told: number;
                    /** @description Devices that are fetching */
                    fetching: number;
                    /** @description Devices that are starting */
                    starting: number;
                    /** @description Devices that are healthy */
                    healthy: number;
                    /** @description Devices that are failed */
                    failed: number;
                    /** @description Devices that are rolledBack */
                    rolledBack: number;
                    /** @description Devices that are absent */
                    absent: number;
                    /** @description Devices that are left */
                    left: number;
                };
                /** @description When it was opened, in milliseconds since 1970 (UTC) */
                openedAtMs?: number;
                /** @description When its gate held, in milliseconds since 1970 (UTC) */
                passedAtMs?: number;
                /** @description How the numbers come about, for people */
                arithmetic: string;
                /** @description As it stands now; where it was decided, as it stood then */
                gate: {
                    /** @description healthy, failed, restarts, errors, or the name of a check */
                    name: string;
                    /** @description waits: too little evidence, `text` says what for */
                    verdict: "holds" | "waits" | "fails";
                    /** @description For people, with the numbers */
                    text: string;
                    /** @description Evidence of one side */
                    wave?: {
                        /** @description Devices with at least one record */
                        devices: number;
                        /** @description Records */
                        samples: number;
                        /** @description What is compared: a mean, a rate a minute, a silence in milliseconds, ... */
                        value?: number;
                    };
                    /** @description Evidence of one side */
                    rest?: {
                        /** @description Devices with at least one record */
                        devices: number;
                        /** @description Records */
                        samples: number;
                        /** @description What is compared: a mean, a rate a minute, a silence in milliseconds, ... */
                        value?: number;
                    };
                }[];
            }[];
            /** @description While it goes back and after: devices that have, or may still run, the revision */
            notBack?: {
                /** @description How many */
                count: number;
                /** @description By id; the first 100 */
                devices: {
                    /** @description A device, for life */
                    device: string;
                    name: string;
                    /** @description For people */
                    why: string;
                }[];
            };
            /** @description Comparison of shadow and live, while shadowing */
            shadow?: {
                /** @description healthy, failed, restarts, errors, or the name of a check */
                name: string;
                /** @description waits: too little evidence, `text` says what for */
                verdict: "holds" | "waits" | "fails";
                /** @description For people, with the numbers */
                text: string;
                /** @description Evidence of one side */
                wave?: {
                    /** @description Devices with at least one record */
                    devices: number;
                    /** @description Records */
                    samples: number;
                    /** @description What is compared: a mean, a rate a minute, a silence in milliseconds, ... */
                    value?: number;
                };
                /** @description Evidence of one side */
                rest?: {
                    /** @description Devices with at least one record */
                    devices: number;
                    /** @description Records */
                    samples: number;
                    /** @description What is compared: a mean, a rate a minute, a silence in milliseconds, ... */
                    value?: number;
                };
            }[];
            /** @description What happened, oldest first */
            history: {
                /** @description When, in milliseconds since 1970 (UTC) */
                atMs: number;
                /** @description `ocelli` where it happened by itself */
                actor: string;
                text: string;
            }[];
            /** @description What can be asked of it now */
            verbs: ("pause" | "resume" | "approve" | "abort" | "roll-back" | "promote")[];
        };
        /** @description What a verb does, or would do, to the devices */
        RolloutEffect: {
            verb: "pause" | "resume" | "approve" | "abort" | "roll-back" | "promote";
            dryRun: boolean;
            name: string;
            /** @description Revision of the rollout */
            revision: number;
            /** @description scheduled: waits for its start; approval: a person approves the next wave; shadowing: both revisions run side by side; open: a wave is being moved or judged; completed, aborted, rolledBack, superseded: ended */
            before: "scheduled" | "approval" | "shadowing" | "open" | "paused" | "rollingBack" | "completed" | "aborted" | "rolledBack" | "superseded";
            /** @description scheduled: waits for its start; approval: a person approves the next wave; shadowing: both revisions run side by side; open: a wave is being moved or judged; completed, aborted, rolledBack, superseded: ended */
            after: "scheduled" | "approval" | "shadowing" | "open" | "paused" | "rollingBack" | "completed" | "aborted" | "rolledBack" | "superseded";
            /** @description What it does, in one sentence */
            text: string;
            /** @description What it does to devices that have the new revision or are moving to it */
            running: string;
            /** @description What it does to devices that were not released yet */
            waiting: string;
            /** @description What it does to devices that are not connected */
            absent: string;
        };
        RootsInfo: {
            /** @description The root that the server presents */
            current: {
                /** @description SHA-256 of the root certificate (DER) */
                sha256: string;
            };
            /** @description The root that replaces it */
            next?: {
                /** @description SHA-256 of the root certificate (DER) */
                sha256: string;
                /** @description When it was made, in milliseconds since 1970 (UTC) */
                sinceMs: number;
                /** @description Name of its key file, told once: move it off the server */
                keyFile?: string;
                /** @description Devices that hold a certificate */
                devices: number;
                /** @description Of these, devices that have yet to renew, and so do not know it */
                waiting: number;
                /** @description The first of them */
                waitingNames: {
                    /** @description The tenant; `default` unless said otherwise */
                    project: string;
                    name: string;
                }[];
            };
        };
        SendCommand: {
            /** @description An instance: deployment, device and slot */
            instance: string;
            action: "call" | "restart" | "snapshot";
            /** @description Given to the command handler; of a snapshot, the name of the image, `snapshot` where absent */
            name?: string;
            /** @description Given to the command handler */
            input?: string;
            /** @description How long the result is waited for; 10000 where absent */
            timeoutMs?: number;
        };
        Status: {
            server: {
                version: string;
                /** @description When this process started, in milliseconds since 1970 (UTC) */
                startedAtMs: number;
                /** @description Time of the answer, in milliseconds since 1970 (UTC) */
                nowMs: number;
                /** @description True where the operator root key was made by this server and lies beside it: not for production */
                development: boolean;
                /** @description Whether this process runs the loops */
                leader: boolean;
                /** @description Epoch of generations */
                epoch: number;
                broker: "up" | "down";
                /** @description memory, pglite or postgresql */
                database: string;
                /** @description Where devices enrol and fetch */
                deviceUrl?: string;
                /** @description Where devices connect */
                mqttUrl?: string;
            };
            devices: {
                /** @description All */
                total: number;
                /** @description Online */
                online: number;
                /** @description Said goodbye */
                offline: number;
                /** @description Lost */
                lost: number;
                /** @description Not heard since the server started */
                unknown: number;
                /** @description Reported the latest desired state */
                converged: number;
                /** @description With simulated imagers */
                simulated: number;
                /** @description Online, and an instance fails */
                degraded: number;
            };
            /** @description What needs somebody, the most severe first */
            attention: {
                kind: "server" | "alert" | "change" | "deployment" | "devicesLost" | "devicesSilent" | "devicesDegraded" | "certificate" | "delivery";
                severity: "info" | "warning" | "critical";
                /** @description What is wrong, as a sentence with numbers */
                text: string;
                /** @description How many */
                count: number;
                /** @description Since when, in milliseconds since 1970 (UTC) */
                sinceMs?: number;
                /** @description Where to look */
                target: {
                    kind: "alert" | "alerts" | "change" | "deployment" | "device" | "devices" | "deliveries" | "status";
                    /** @description Id or name, where it is one thing */
                    id?: string;
                    /** @description Filters of the list, where it is several */
                    query?: {
                        [key: string]: string;
                    };
                };
            }[];
            alerts: {
                /** @description Alerts that fire */
                firing: number;
                /** @description Alerts that may fire */
                pending: number;
                /** @description Of those that fire, critical */
                critical: number;
                /** @description Of those that fire, nobody has taken them on */
                unacknowledged: number;
            };
            deploymentHealth: {
                /** @description All instances run and are healthy */
                healthy: number;
                /** @description Instances are on their way */
                progressing: number;
                /** @description An instance fails */
                degraded: number;
                /** @description No device fits or is targeted */
                empty: number;
            };
            deployments: {
                /** @description A deployment, for life */
                id: string;
                name: string;
                /** @description Current revision */
                revision: number;
                /** @description When it was first applied, in milliseconds since 1970 (UTC) */
                createdAtMs: number;
                /** @description When the current revision was applied, in milliseconds since 1970 (UTC) */
                updatedAtMs: number;
                devices: {
                    /** @description Devices with at least one placement */
                    placed: number;
                    /** @description Devices that are targeted and get none */
                    refused: number;
                    /** @description Devices outside of the target */
                    notTargeted: number;
                };
                instances: {
                    /** @description Instances that should run */
                    placed: number;
                    /** @description Of these, running */
                    running: number;
                    /** @description Of these, running for at least healthyForMs */
                    healthy: number;
                    /** @description Of these, in back-off, crash loop or refused by the agent */
                    failing: number;
                };
            }[];
            /** @description Component versions */
            components: number;
            /** @description Changes that wait for a person */
            pendingChanges: number;
            /** @description By this process since it started */
            telemetry: {
                /** @description Batches committed */
                batches: number;
                /** @description Records committed */
                records: number;
                /** @description Messages and records refused */
                refused: number;
                /** @description Records committed a second, over the last minute */
                recordsPerSecond: number;
                /** @description Records a second in each of the last minutes, oldest first; at most 60 */
                history: number[];
            };
        };
        TestFired: {
            deliveries: {
                /** @description The same however often it is sent */
                id: string;
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                receiver: string;
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                rule: string;
                /** @description An alert: one time that a condition held */
                alert?: string;
                event: "alert.firing" | "alert.resolved" | "alert.test";
                /** @description pending; delivered; dead: given up after all attempts */
                state: "pending" | "delivered" | "dead";
                summary: string;
                /** @description When the alert changed, in milliseconds since 1970 (UTC) */
                createdAtMs: number;
                /** @description How often it was sent */
                attempts: number;
                /** @description When it is sent next, in milliseconds since 1970 (UTC) */
                nextAtMs?: number;
                /** @description When the receiver took it, in milliseconds since 1970 (UTC) */
                deliveredAtMs?: number;
                /** @description Why the last attempt failed */
                lastError?: string;
            }[];
        };
        Timeline: {
            /** @description Newest first */
            items: {
                /** @description Orders entries of one time; a value for `after` */
                id: string;
                /** @description When, by the server, in milliseconds since 1970 (UTC) */
                atMs: number;
                /** @description enrolled; presence: it came, left or was lost; desired: the server wants something else of it; reported: an instance changed its state; deployed: an instance runs a revision for the first time; crashed: an instance failed; alert: one fired or resolved; command: one was sent; audit: a person changed something about it */
                kind: "enrolled" | "presence" | "desired" | "reported" | "deployed" | "crashed" | "alert" | "command" | "audit";
                /** @description How much it matters */
                severity: "info" | "warning" | "critical";
                /** @description One sentence for people */
                text: string;
                /** @description A deployment, for life */
                deployment?: string;
                deploymentName?: string;
                /** @description An instance: deployment, device and slot */
                instance?: string;
                /** @description Who did it, for audit and command */
                actor?: string;
                /** @description Id of the alert */
                alert?: string;
                detail: {
                    [key: string]: unknown;
                };
            }[];
            /** @description Value for `after` that continues the list; absent at its end */
            next?: string;
        };
        TrustInfo: {
            /** @description Payload of the signed trust document */
            document: {
                /** @description The tenant; `default` unless said otherwise */
                project: string;
                /** @description Grows with each change; an older one is refused */
                version: number;
                /** @description When it was signed, in milliseconds since 1970 (UTC) */
                issuedAtMs: number;
                /** @description True where the root key was made by `ocelli up` and lies beside the server */
                development: boolean;
                publishers: {
                    /** @description Name of the publisher */
                    id: string;
                    /** @description A public key */
                    keyId: string;
                    /** @description Ed25519 public key: SPKI DER, in base64 */
                    publicKey: string;
                    /** @description Component names it may publish; a trailing * matches any ending */
                    names: string[];
                }[];
                /** @description Keys that may sign desired state; two overlap while one is replaced */
                servers: {
                    /** @description A public key */
                    keyId: string;
                    /** @description Ed25519 public key: SPKI DER, in base64 */
                    publicKey: string;
                }[];
            };
            /** @description A DSSE v1 envelope */
            envelope: {
                payloadType: string;
                /** @description The signed bytes (UTF-8 JSON), in base64 with padding */
                payload: string;
                signatures: {
                    /** @description A public key */
                    keyid: string;
                    /** @description Ed25519 signature, in base64 */
                    sig: string;
                }[];
            };
            /** @description The root key that must sign the next document */
            operatorKey: {
                /** @description A public key */
                keyId: string;
                /** @description Ed25519 public key: SPKI DER, in base64 */
                publicKey: string;
            };
            /** @description The key that signs desired state now; the document must list it */
            serverKey: {
                /** @description A public key */
                keyId: string;
                /** @description Ed25519 public key: SPKI DER, in base64 */
                publicKey: string;
            };
        };
        /** @description The token in use */
        WhoAmI: {
            id: string;
            name: string;
            /** @description viewer: reads; operator: changes intent as well; publisher: pushes components; admin: all */
            role: "viewer" | "operator" | "publisher" | "admin";
            /** @description The tenant; `default` unless said otherwise */
            project: string;
            /** @description End of the token, in milliseconds since 1970 (UTC) */
            expiresAtMs?: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    whoAmI: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoAmI"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Most items answered */
                limit?: number;
                /** @description Who did it */
                actor?: string;
                /** @description Part of the action, the subject or a value of the detail, in any case of letters */
                text?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description When, in milliseconds since 1970 (UTC) */
                            atMs: number;
                            /** @description Name of the token, or `ocelli` for the server itself */
                            actor: string;
                            action: string;
                            subject: string;
                            detail: {
                                [key: string]: unknown;
                            };
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDevices: {
        parameters: {
            query?: {
                /** @description Only devices in this state; may be given several times */
                presence?: ("online" | "offline" | "lost" | "unknown")[];
                /** @description Only devices whose name, id, model or a label contains this, in any case of letters */
                text?: string;
                /** @description Only devices that offer this interface; may be given several times */
                interface?: string[];
                /** @description Only devices with an agent of this version */
                agentVersion?: string;
                /** @description healthy: converged and no instance fails; degraded: an instance fails; notConverged: it did not report the latest desired state; may be given several times */
                health?: ("healthy" | "degraded" | "notConverged")[];
                /** @description Only devices with this label; may be given several times */
                label?: string[];
                /** @description Only members of this fleet */
                fleet?: string;
                /** @description id where absent; presence: those that need somebody first; with - the other way round */
                sort?: "id" | "name" | "presence" | "-name" | "-presence";
                /** @description Continue after this id; only where the list is sorted by id */
                after?: string;
                /** @description Devices to pass over */
                offset?: number;
                /** @description Most items answered */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceList"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name of the device */
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceDetail"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name of the device */
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplyResponse"];
                };
            };
            /** @description A change touches more devices than allowed and waits for a person */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplyResponse"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name of the device */
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevokedCertificates"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    editDeviceLabels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name of the device */
                device: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditLabels"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplyResponse"];
                };
            };
            /** @description A change touches more devices than allowed and waits for a person */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplyResponse"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendCommand: {
        parameters: {
            query?: {
                /** @description Wait this long for the result */
                waitMs?: number;
            };
            header?: never;
            path: {
                /** @description Id or name of the device */
                device: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendCommand"];
            };
        };
        responses: {
            /** @description Done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandInfo"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCommand: {
        parameters: {
            query?: {
                /** @description Wait this long for the result */
                waitMs?: number;
            };
            header?: never;
            path: {
                /** @description Id or name of the device */
                device: string;
                /** @description One command */
                command: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandInfo"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeviceFacets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceFacets"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeviceTimeline: {
        parameters: {
            query?: {
                /** @description Only what happened at or after this time, in milliseconds since 1970 (UTC) */
                fromMs?: number;
                /** @description Only what happened before this time, in milliseconds since 1970 (UTC) */
                toMs?: number;
                /** @description Only entries of this kind; may be given several times */
                kind?: ("enrolled" | "presence" | "desired" | "reported" | "deployed" | "crashed" | "alert" | "command" | "audit")[];
                /** @description Continue with what is older than this id */
                after?: string;
                /** @description Most entries answered; 100 where absent */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Id or name of the device */
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Timeline"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDevicePresence: {
        parameters: {
            query?: {
                /** @description Start, included; a day before toMs where absent, in milliseconds since 1970 (UTC) */
                fromMs?: number;
                /** @description End, excluded; now where absent, in milliseconds since 1970 (UTC) */
                toMs?: number;
            };
            header?: never;
            path: {
                /** @description Id or name of the device */
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresenceHistory"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listImages: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name of the device */
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description An instance: deployment, device and slot */
                            instance: string;
                            /** @description An imager of its device; survives a reboot */
                            imager?: string;
                            /** @description Name that the component gave it */
                            name: string;
                            /** @description Size of the JPEG, in bytes */
                            sizeBytes: number;
                            /** @description When the server had it, in milliseconds since 1970 (UTC) */
                            receivedAtMs: number;
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name of the device */
                device: string;
                /** @description An instance: deployment, device and slot */
                instance: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEnrolmentTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            labels: {
                                [key: string]: string;
                            };
                            /** @description A device, for life */
                            replaces?: string;
                            /** @description When it was made, in milliseconds since 1970 (UTC) */
                            createdAtMs: number;
                            /** @description When it ends, in milliseconds since 1970 (UTC) */
                            expiresAtMs: number;
                            /** @description Devices that may enrol with it in all */
                            uses: number;
                            /** @description Devices that still may */
                            usesLeft: number;
                            revoked: boolean;
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createEnrolmentToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateEnrolmentToken"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedEnrolmentToken"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeEnrolmentToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAccessTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            name: string;
                            /** @description viewer: reads; operator: changes intent as well; publisher: pushes components; admin: all */
                            role: "viewer" | "operator" | "publisher" | "admin";
                            /** @description When it was made, in milliseconds since 1970 (UTC) */
                            createdAtMs: number;
                            /** @description When it ends, in milliseconds since 1970 (UTC) */
                            expiresAtMs?: number;
                            revoked: boolean;
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createAccessToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateAccessToken"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedAccessToken"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeAccessToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description The tenant; `default` unless said otherwise */
                            name: string;
                            /** @description Devices enrolled */
                            devices: number;
                            /** @description Deployments in force */
                            deployments: number;
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createProject: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProject"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedProject"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listComponents: {
        parameters: {
            query?: {
                /** @description Lower case letters, digits and hyphens */
                name?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description Lower case letters, digits and hyphens */
                            name: string;
                            /** @description Semantic version without build metadata */
                            version: string;
                            publisher: string;
                            /** @description When it was admitted, in milliseconds since 1970 (UTC) */
                            pushedAtMs: number;
                            /** @description SHA-256 of an artifact */
                            signature: string;
                            /** @description SHA-256 of an artifact */
                            digest: string;
                            /** @description Size of the component, in bytes */
                            sizeBytes: number;
                            /** @description Interfaces with at least one imported function, with version */
                            imports: string[];
                            exports: string[];
                            /** @description Content of the custom section ocelli:needs */
                            needs: {
                                /** @description Needs of an imager; each absent one is no need */
                                imager?: {
                                    /** @description Least frame width, in pixels */
                                    minWidthPixels?: number;
                                    /** @description Least frame height, in pixels */
                                    minHeightPixels?: number;
                                    /** @description Any of these formats */
                                    formats?: string[];
                                    /** @description True: a colour imager; false: a monochrome one */
                                    colour?: boolean;
                                    /** @description Least frame rate, in millihertz */
                                    minFrameRateMillihertz?: number;
                                    /** @description Exposures that it sets: the range of the imager must contain these */
                                    exposureMicros?: {
                                        /** @description Shortest exposure, in microseconds */
                                        min: number;
                                        /** @description Longest exposure, in microseconds */
                                        max: number;
                                    };
                                    /** @description Whether no other instance may use the imager */
                                    exclusive?: boolean;
                                };
                                /** @description Linear memory it needs, in bytes */
                                memoryBytes?: number;
                            };
                            /** @description The world as WIT text */
                            wit: string;
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getComponent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens */
                name: string;
                /** @description Semantic version without build metadata */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComponentInfo"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `component.unknown`: There is no such component version */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pushComponent: {
        parameters: {
            query?: never;
            header: {
                /** @description DSSE envelope over the ComponentStatement: JSON, in base64 */
                "ocelli-signature": string;
            };
            path: {
                /** @description Lower case letters, digits and hyphens */
                name: string;
                /** @description Semantic version without build metadata */
                version: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/wasm": string;
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PushedComponent"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this; `trust.signature`: The signature does not match; `trust.mismatch`: The signed statement names something else; `trust.unknownPublisher`: No trusted publisher has this key for this name */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `component.exists`: This name and version exists with other bytes */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit; `component.tooLarge`: The component exceeds the size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `component.notWasm`: The bytes are not WebAssembly; `component.coreModule`: The bytes are a core module, not a component; `component.invalid`: The component does not validate; `component.toolFailed`: The component could not be read; the reader failed on it; `component.timeout`: Reading the component took too long; `component.needs`: The needs section is not valid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getComponentFit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens */
                name: string;
                /** @description Semantic version without build metadata */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComponentFit"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `component.unknown`: There is no such component version */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    inspectComponent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/wasm": string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Inspection"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit; `component.tooLarge`: The component exceeds the size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `component.notWasm`: The bytes are not WebAssembly; `component.coreModule`: The bytes are a core module, not a component; `component.invalid`: The component does not validate; `component.toolFailed`: The component could not be read; the reader failed on it; `component.timeout`: Reading the component took too long; `component.needs`: The needs section is not valid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTrust: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrustInfo"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putTrust: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Envelope"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrustInfo"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this; `trust.signature`: The signature does not match; `trust.mismatch`: The signed statement names something else */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `trust.rollback`: The document is older than the one held */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readBackup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRoots: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RootsInfo"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateRoot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RootsInfo"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retireRoot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetireRoot"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RootsInfo"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createBrokerConfig: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BrokerConfigRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BrokerConfig"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    planChange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanResponse"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape; `manifest.malformed`: The manifest is not valid YAML or JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `component.unknown`: There is no such component version; `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `placement.tooLarge`: The desired state would exceed its size limit; `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `manifest.invalid`: The manifest does not have the documented shape; `manifest.selector`: The selector is not valid CEL; `manifest.secretRef`: Secrets are not supported in this version; `grant.unknown`: The grant names no interface */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    applyChange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplyRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplyResponse"];
                };
            };
            /** @description A change touches more devices than allowed and waits for a person */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplyResponse"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape; `manifest.malformed`: The manifest is not valid YAML or JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this; `grant.missing`: A host interface is needed that was not granted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `component.unknown`: There is no such component version; `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `placement.tooLarge`: The desired state would exceed its size limit; `request.conflict`: The request contradicts what exists; `change.planMoved`: The plan changed since it was shown */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `manifest.invalid`: The manifest does not have the documented shape; `manifest.selector`: The selector is not valid CEL; `manifest.secretRef`: Secrets are not supported in this version; `grant.unknown`: The grant names no interface */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listChanges: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            kind: "applyDeployment" | "deleteDeployment" | "applyFleet" | "deleteFleet" | "editLabels" | "editTaints" | "editPins" | "assume" | "deleteDevice" | "replan";
                            /** @description Deployment, fleet or device */
                            name: string;
                            /** @description Who asked; `ocelli` where facts changed by themselves */
                            actor: string;
                            /** @description When it was asked, in milliseconds since 1970 (UTC) */
                            createdAtMs: number;
                            /** @description Devices that it touches */
                            touched: number;
                            /** @description Devices that a change may touch without a person */
                            maxTouched: number;
                            plan: {
                                /** @description Names this plan; `apply --if-plan` demands it to be still true */
                                check: string;
                                deployments: {
                                    /** @description A deployment, for life */
                                    deployment: string;
                                    name: string;
                                    revision: number;
                                    /** @description All instances that should run after the change */
                                    placements: {
                                        /** @description An instance: deployment, device and slot */
                                        instance: string;
                                        /** @description A deployment, for life */
                                        deployment: string;
                                        revision: number;
                                        /** @description A device, for life */
                                        device: string;
                                        /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                                        slot: string;
                                        /**
                                         * @description It runs beside the live instance; its outputs are kept apart
                                         * @constant
                                         */
                                        role?: "shadow";
                                        /** @description An imager of its device; survives a reboot */
                                        imager?: string;
                                        realisation: string;
                                        components: {
                                            /** @description name@version */
                                            reference: string;
                                            /** @description SHA-256 of an artifact */
                                            digest: string;
                                            links: {
                                                interface: string;
                                                from: "host" | number;
                                            }[];
                                        }[];
                                        score: number;
                                    }[];
                                    /** @description Instances of others that give way to it, by device */
                                    preempts?: {
                                        /** @description A device, for life */
                                        device: string;
                                        /** @description Name of the device */
                                        name: string;
                                        /** @description Deployment that loses the instance */
                                        deployment: string;
                                        /** @description An instance: deployment, device and slot */
                                        instance: string;
                                        priority: number;
                                    }[];
                                    /** @description For every device of the project, by id */
                                    decisions: {
                                        /** @description A device, for life */
                                        device: string;
                                        name: string;
                                        outcome: "placed" | "refused" | "notTargeted";
                                        instances: string[];
                                        /** @description Reasons that concern the device as a whole; where it is placed: conflicts that others lost */
                                        reasons: {
                                            /** @description A placement.* code of the error registry */
                                            code: string;
                                            /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                                            message: string;
                                            wanted?: string | number;
                                            offered?: string | number | string[];
                                        }[];
                                        candidates: {
                                            realisation: string;
                                            slot: string;
                                            fits: boolean;
                                            score?: number;
                                            /** @description Memory of the device that others hold; replicas go where less is held */
                                            loadPercent?: number;
                                            /** @description Each provider that is linked in, for which import, and why not another */
                                            picked?: string[];
                                            /** @description All that stands against it; empty where it fits */
                                            reasons: {
                                                /** @description A placement.* code of the error registry */
                                                code: string;
                                                /** @description For people, with the numbers: imager cam0 width 320 < 640 pixels */
                                                message: string;
                                                wanted?: string | number;
                                                offered?: string | number | string[];
                                            }[];
                                        }[];
                                        /** @description What would have to change, as a sentence */
                                        nearestMiss?: string;
                                    }[];
                                    grants: {
                                        /** @description Host interfaces that the imports ask for, over all realisations */
                                        needed: string[];
                                        /** @description Of these, not granted by the manifest: apply refuses */
                                        missing: string[];
                                    };
                                }[];
                                /** @description Devices whose desired state changes, by id */
                                touched: {
                                    /** @description A device, for life */
                                    device: string;
                                    name: string;
                                    start: {
                                        /** @description An instance: deployment, device and slot */
                                        instance: string;
                                        /** @description A deployment, for life */
                                        deployment: string;
                                        revision: number;
                                        /** @description A device, for life */
                                        device: string;
                                        /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                                        slot: string;
                                        /**
                                         * @description It runs beside the live instance; its outputs are kept apart
                                         * @constant
                                         */
                                        role?: "shadow";
                                        /** @description An imager of its device; survives a reboot */
                                        imager?: string;
                                        realisation: string;
                                        components: {
                                            /** @description name@version */
                                            reference: string;
                                            /** @description SHA-256 of an artifact */
                                            digest: string;
                                            links: {
                                                interface: string;
                                                from: "host" | number;
                                            }[];
                                        }[];
                                        score: number;
                                    }[];
                                    /** @description Instances that go on in another revision or realisation */
                                    change: {
                                        /** @description An instance: deployment, device and slot */
                                        instance: string;
                                        /** @description A deployment, for life */
                                        deployment: string;
                                        revision: number;
                                        /** @description A device, for life */
                                        device: string;
                                        /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                                        slot: string;
                                        /**
                                         * @description It runs beside the live instance; its outputs are kept apart
                                         * @constant
                                         */
                                        role?: "shadow";
                                        /** @description An imager of its device; survives a reboot */
                                        imager?: string;
                                        realisation: string;
                                        components: {
                                            /** @description name@version */
                                            reference: string;
                                            /** @description SHA-256 of an artifact */
                                            digest: string;
                                            links: {
                                                interface: string;
                                                from: "host" | number;
                                            }[];
                                        }[];
                                        score: number;
                                    }[];
                                    stop: {
                                        /** @description An instance: deployment, device and slot */
                                        instance: string;
                                        /** @description A deployment, for life */
                                        deployment: string;
                                        revision: number;
                                        /** @description A device, for life */
                                        device: string;
                                        /** @description Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow */
                                        slot: string;
                                        /**
                                         * @description It runs beside the live instance; its outputs are kept apart
                                         * @constant
                                         */
                                        role?: "shadow";
                                        /** @description An imager of its device; survives a reboot */
                                        imager?: string;
                                        realisation: string;
                                        components: {
                                            /** @description name@version */
                                            reference: string;
                                            /** @description SHA-256 of an artifact */
                                            digest: string;
                                            links: {
                                                interface: string;
                                                from: "host" | number;
                                            }[];
                                        }[];
                                        score: number;
                                    }[];
                                }[];
                                maxTouched: number;
                                /** @description More devices are touched than maxTouched allows, or more than that are reached beyond what a person agreed to */
                                needsApproval: boolean;
                                /** @description Deployments that a person is asked about */
                                exceeded?: {
                                    /** @description A deployment, for life */
                                    deployment: string;
                                    name: string;
                                    /** @description Its limit: its own, else that of its fleet, else 500 */
                                    maxTouched: number;
                                    /** @description Devices that this change touches */
                                    touched: number;
                                    /** @description Present where it grew too far: devices that it would run on */
                                    devices?: number;
                                    /** @description Along with `devices`: on how many a person last agreed to */
                                    agreedDevices?: number;
                                }[];
                            };
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingChange"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approveChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplyResponse"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this; `grant.missing`: A host interface is needed that was not granted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing; `component.unknown`: There is no such component version */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `change.planMoved`: The plan changed since it was shown */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rejectChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFleets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description Lower case letters, digits and hyphens; unique within kind and project */
                            name: string;
                            /** @description Members and selector together: the union */
                            spec: {
                                /** @description Devices by id or name */
                                members?: string[];
                                /** @description CEL expression over `device` */
                                selector?: string;
                                /** @description Membership that changes by more devices at once waits for a person */
                                maxTouched?: number;
                            };
                            /** @description Who belongs to it now, by device id */
                            members: {
                                device: string;
                                name: string;
                            }[];
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFleet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FleetInfo"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteFleet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplyResponse"];
                };
            };
            /** @description A change touches more devices than allowed and waits for a person */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplyResponse"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeployments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description A deployment, for life */
                            id: string;
                            name: string;
                            /** @description Current revision */
                            revision: number;
                            /** @description When it was first applied, in milliseconds since 1970 (UTC) */
                            createdAtMs: number;
                            /** @description When the current revision was applied, in milliseconds since 1970 (UTC) */
                            updatedAtMs: number;
                            devices: {
                                /** @description Devices with at least one placement */
                                placed: number;
                                /** @description Devices that are targeted and get none */
                                refused: number;
                                /** @description Devices outside of the target */
                                notTargeted: number;
                            };
                            instances: {
                                /** @description Instances that should run */
                                placed: number;
                                /** @description Of these, running */
                                running: number;
                                /** @description Of these, running for at least healthyForMs */
                                healthy: number;
                                /** @description Of these, in back-off, crash loop or refused by the agent */
                                failing: number;
                            };
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentDetail"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDeployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplyResponse"];
                };
            };
            /** @description A change touches more devices than allowed and waits for a person */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplyResponse"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRevisions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description Number */
                            revision: number;
                            spec: {
                                /** @description All that are given must hold; none given: every device of the project */
                                target?: {
                                    /** @description Lower case letters, digits and hyphens; unique within kind and project */
                                    fleet?: string;
                                    /** @description CEL expression over `device` */
                                    selector?: string;
                                    /** @description Devices by id or name */
                                    devices?: string[];
                                };
                                placement?: "everyDevice" | "everyImager" | {
                                    replicas: number;
                                    spread?: string[];
                                };
                                /** @description Where there is no room, instances of a lower priority give way; 0 where absent */
                                priority?: number;
                                /** @description Taints of devices that do not keep it away: `key` for any value, or `key=value` */
                                tolerations?: string[];
                                /** @description A device that is silent for longer gives its replica to another one; absent: it keeps it */
                                absentAfterMs?: number;
                                /** @description In order of preference */
                                realisations: {
                                    /** @description Lower case letters, digits and hyphens; unique within kind and project */
                                    name: string;
                                    /** @description name@version */
                                    component: string;
                                    /** @description Linked in only where an import is not met by the host */
                                    providers?: string[];
                                    /** @description Tightens the needs that the component carries */
                                    imager?: {
                                        /** @description Least frame width, in pixels */
                                        minWidthPixels?: number;
                                        /** @description Least frame height, in pixels */
                                        minHeightPixels?: number;
                                        formats?: ("gray8" | "gray10" | "bayer-rggb8" | "bayer-rggb10" | "rgb8" | "yuv420")[];
                                        /** @description True: a colour imager; false: a monochrome one */
                                        colour?: boolean;
                                        /** @description Least frame rate, in millihertz */
                                        minFrameRateMillihertz?: number;
                                        /** @description Exposures that it sets: the range of the imager must contain these */
                                        exposureMicros?: {
                                            /** @description Shortest exposure, in microseconds */
                                            min: number;
                                            /** @description Longest exposure, in microseconds */
                                            max: number;
                                        };
                                        /** @description Whether no other instance may use the imager */
                                        exclusive?: boolean;
                                    };
                                    /** @description Read by the component through wasi:config/store; numbers and booleans arrive as text */
                                    config?: {
                                        [key: string]: string | number | boolean;
                                    };
                                }[];
                                /** @description Read by the component through wasi:config/store; numbers and booleans arrive as text */
                                config?: {
                                    [key: string]: string | number | boolean;
                                };
                                /** @description Host interfaces it may call: short names of ocelli:sensing (measurements), or full names with or without version */
                                grants: string[];
                                /** @description Frames wanted of the imager; absent: its own rate and size */
                                frames?: {
                                    /** @description Most frames wanted. What the instances on one imager ask for (this, or else minFrameRateMillihertz) stays together within its highest rate; who asks for nothing takes what is left */
                                    frameRateMillihertz?: number;
                                    widthPixels?: number;
                                    heightPixels?: number;
                                };
                                /** @description Time between calls of interval-handler; 1000 where absent */
                                intervalMs?: number;
                                limits?: {
                                    memoryBytes?: number;
                                    callTimeoutMs?: number;
                                    outputBytesPerSecond?: number;
                                };
                                restart?: {
                                    policy?: "always" | "onFailure" | "never";
                                    maxAttempts?: number;
                                    backoffMs?: number;
                                    maxBackoffMs?: number;
                                    healthyForMs?: number;
                                };
                                /** @description How a new revision reaches the devices */
                                rollout?: {
                                    /** @description A change that touches more devices waits for a person */
                                    maxTouched?: number;
                                    /** @description Absent: all devices at once */
                                    waves?: ((number | string) | {
                                        name?: string;
                                        /** @description A number of devices, or a percentage of them, rounded up */
                                        size?: number | string;
                                        /** @description CEL over `device`, as in target */
                                        selector?: string;
                                        /** @description By id or name */
                                        devices?: string[];
                                        /**
                                         * @description A person approves before it opens
                                         * @constant
                                         */
                                        approval?: "manual";
                                    })[];
                                    /**
                                     * @description Each wave waits for a person before it opens
                                     * @constant
                                     */
                                    approval?: "manual";
                                    /** @description Devices that may be down at once, of those that live; 25% where the rollout has waves and this is absent, at least 1 */
                                    maxUnavailable?: number | string;
                                    /** @description Nothing is released before; as in 2026-12-01T22:00:00Z */
                                    startAt?: string;
                                    /** @description A device is released only while one of these is open where it stands */
                                    windows?: {
                                        /** @description Days on which it opens; every day where absent */
                                        days?: ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[];
                                        /** @description As in 22:00 */
                                        from: string;
                                        /** @description As in 22:00 */
                                        to: string;
                                    }[];
                                    /** @description IANA name for devices without a label `timeZone`; UTC where absent */
                                    timeZone?: string;
                                    /** @description Condition for the next wave. maxFailed: devices that may fail in the whole rollout, 0 where absent, a percentage of the living ones; windowMs, minSamples and minDevices are what checks have that name none */
                                    gate?: {
                                        /** @description All living devices of the wave are healthy for this long; 30000 where absent */
                                        healthyForMs?: number;
                                        /** @description A number of devices, or a percentage of them, rounded up */
                                        maxFailed?: number | string;
                                        /** @description For each device, on average */
                                        maxRestartsPerHour?: number;
                                        /** @description Log lines of level error or critical for each device, on average */
                                        maxErrorsPerHour?: number;
                                        checks?: ({
                                            measurement: string;
                                            /** @description Shown to people */
                                            name?: string;
                                            /** @description mean: mean of the devices’ means. rate: records a minute and device. silence: longest time without a record. drift: each device against itself before it got the revision */
                                            compare: "mean" | "rate" | "silence" | "drift";
                                            /** @description Largest difference, in the unit of the value */
                                            maxDifference?: number;
                                            /** @description Largest difference in percent of the old revision; the larger bound counts */
                                            maxDifferencePercent?: number;
                                            /** @description For silence */
                                            maxSilenceMs?: number;
                                            /** @description How far back records count; 60000 where absent */
                                            windowMs?: number;
                                            /** @description Fewest records on either side before it is judged; 10 where absent */
                                            minSamples?: number;
                                            /** @description Fewest devices on either side before it is judged; 1 where absent */
                                            minDevices?: number;
                                        } | {
                                            event: string;
                                            /** @description Shown to people */
                                            name?: string;
                                            /** @description mean: mean of the devices’ means. rate: records a minute and device. silence: longest time without a record. drift: each device against itself before it got the revision */
                                            compare: "mean" | "rate" | "silence" | "drift";
                                            /** @description Largest difference, in the unit of the value */
                                            maxDifference?: number;
                                            /** @description Largest difference in percent of the old revision; the larger bound counts */
                                            maxDifferencePercent?: number;
                                            /** @description For silence */
                                            maxSilenceMs?: number;
                                            /** @description How far back records count; 60000 where absent */
                                            windowMs?: number;
                                            /** @description Fewest records on either side before it is judged; 10 where absent */
                                            minSamples?: number;
                                            /** @description Fewest devices on either side before it is judged; 1 where absent */
                                            minDevices?: number;
                                        } | {
                                            /** @description Shown to people */
                                            name?: string;
                                            /** @description True where all is well. `wave` and `rest` hold, by name of measurement or event: mean, ratePerMinute, silenceMs, drift, samples, devices */
                                            cel: string;
                                            /** @description How far back records count; 60000 where absent */
                                            windowMs?: number;
                                            /** @description Fewest records on either side before it is judged; 10 where absent */
                                            minSamples?: number;
                                            /** @description Fewest devices on either side before it is judged; 1 where absent */
                                            minDevices?: number;
                                        })[];
                                        /** @description How far back records count; 60000 where absent */
                                        windowMs?: number;
                                        /** @description Fewest records on either side before it is judged; 10 where absent */
                                        minSamples?: number;
                                        /** @description Fewest devices on either side before it is judged; 1 where absent */
                                        minDevices?: number;
                                    };
                                    /** @description Each wave first runs the new revision beside the old one on the same frames, its outputs kept apart, and is switched when the checks hold */
                                    shadow?: {
                                        /** @description How long both revisions run side by side, at least */
                                        forMs: number;
                                        checks?: {
                                            /** @description Shown to people */
                                            name?: string;
                                            measurement: string;
                                            /** @description Largest mean difference between both values of one frame */
                                            maxDifference?: number;
                                            /** @description Frames on which both put out the same value */
                                            minAgreementPercent?: number;
                                            /** @description Fewest frames compared; 10 where absent */
                                            minSamples?: number;
                                        }[];
                                    };
                                    /** @description What a failing gate does; pause where absent */
                                    onFailure?: "pause" | "rollBack";
                                    fallback?: {
                                        /** @description A device that is not healthy in this time goes back by itself; 300000 where absent */
                                        withinMs: number;
                                    };
                                    /** @description A rollout that has not ended after this is ended; 604800000 (a week) where absent */
                                    deadlineMs?: number;
                                };
                            };
                            components: {
                                [key: string]: string;
                            };
                            /** @description When it was applied, in milliseconds since 1970 (UTC) */
                            createdAtMs: number;
                            actor: string;
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explainDeployment: {
        parameters: {
            query?: {
                /** @description Id or name of the device */
                device?: string;
                outcome?: "placed" | "refused" | "notTargeted";
                /** @description What was decided at this time; now where absent. Kept for a month, in milliseconds since 1970 (UTC) */
                atMs?: number;
            };
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    recordInputs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayInputs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/vnd.ocelli.recording": string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Replay"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRollouts: {
        parameters: {
            query?: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                deployment?: string;
                /** @description Earlier rollouts as well */
                all?: boolean;
                /** @description Only those that have not ended */
                active?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description A deployment, for life */
                            deployment: string;
                            /** @description Of the deployment */
                            name: string;
                            /** @description The revision that it brings */
                            revision: number;
                            /** @description The revision that devices come from and go back to; absent at the first */
                            from?: number;
                            /** @description scheduled: waits for its start; approval: a person approves the next wave; shadowing: both revisions run side by side; open: a wave is being moved or judged; completed, aborted, rolledBack, superseded: ended */
                            phase: "scheduled" | "approval" | "shadowing" | "open" | "paused" | "rollingBack" | "completed" | "aborted" | "rolledBack" | "superseded";
                            ended: boolean;
                            /** @description False where all devices got the revision at once */
                            staged: boolean;
                            /** @description Number of the current wave, from 1 */
                            wave: number;
                            /** @description Number of waves */
                            waves: number;
                            /** @description Who made the revision */
                            actor: string;
                            /** @description When the revision was made, in milliseconds since 1970 (UTC) */
                            startedAtMs: number;
                            /** @description When it entered this phase, in milliseconds since 1970 (UTC) */
                            phaseAtMs: number;
                            /** @description When it ended, in milliseconds since 1970 (UTC) */
                            endedAtMs?: number;
                            /** @description Devices that it concerns */
                            members: number;
                            /** @description Devices by progress */
                            counts: {
                                /** @description Devices that are waiting */
                                waiting: number;
                                /** @description Devices that are told */
                                told: number;
                                /** @description Devices that are fetching */
                                fetching: number;
                                /** @description Devices that are starting */
                                starting: number;
                                /** @description Devices that are healthy */
                                healthy: number;
                                /** @description Devices that are failed */
                                failed: number;
                                /** @description Devices that are rolledBack */
                                rolledBack: number;
                                /** @description Devices that are absent */
                                absent: number;
                                /** @description Devices that are left */
                                left: number;
                            };
                            /** @description What it does or waits for at present, with numbers, for people */
                            reasons: string[];
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRollout: {
        parameters: {
            query?: {
                /** @description An earlier rollout; the newest where absent */
                revision?: number;
                /** @description `check` of the answer before */
                after?: string;
                /** @description Longest wait for something that differs from `after` */
                waitMs?: number;
            };
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolloutDetail"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRolloutDevices: {
        parameters: {
            query?: {
                /** @description An earlier rollout; the newest where absent */
                revision?: number;
                progress?: "waiting" | "told" | "fetching" | "starting" | "healthy" | "failed" | "rolledBack" | "absent" | "left";
                /** @description Id or name of the device */
                device?: string;
                /** @description `next` of the page before */
                after?: string;
                /** @description Most items answered */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description A device, for life */
                            device: string;
                            name: string;
                            /** @description Number of its wave; absent until it has one */
                            wave?: number;
                            /** @description waiting: not released yet; told: released, has not reported it yet; rolledBack: was released and taken back; absent: not connected and not healthy on the revision; left: gets no instance of it any more */
                            progress: "waiting" | "told" | "fetching" | "starting" | "healthy" | "failed" | "rolledBack" | "absent" | "left";
                            presence: string;
                            /** @description Runs the new revision as a shadow */
                            shadow: boolean;
                            /** @description The revision that it last reported */
                            revision?: number;
                            /** @description What it waits for, or why it failed */
                            why?: string;
                            error?: {
                                code: string;
                                message: string;
                                /** @description When, in milliseconds since 1970 (UTC) */
                                atMs?: number;
                            };
                            /** @description Last log lines of the run that failed, oldest first */
                            logs: string[];
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    actOnRollout: {
        parameters: {
            query?: {
                /** @description Says what it would do, and does nothing */
                dryRun?: boolean;
            };
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
                verb: "pause" | "resume" | "approve" | "abort" | "roll-back" | "promote";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolloutEffect"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists; `rollout.state`: The rollout is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOutputs: {
        parameters: {
            query?: {
                /** @description Name of a deployment */
                deployment?: string;
                /** @description Id or name of the device */
                device?: string;
                /** @description Name of the measurement */
                name?: string;
                /** @description Answer as json (where absent), ndjson or csv; goes before the header Accept */
                format?: "json" | "ndjson" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description A device, for life */
                            device: string;
                            deviceName: string;
                            /** @description An instance: deployment, device and slot */
                            instance: string;
                            /** @description A deployment, for life */
                            deployment?: string;
                            deploymentName?: string;
                            /** @description An imager of its device; survives a reboot */
                            imager?: string;
                            name: string;
                            /** @description UCUM unit */
                            unit: string;
                            value: number;
                            /** @description Best estimate of when it was measured, in milliseconds since 1970 (UTC) */
                            observedAtMs: number;
                            /** @description When the server had it, in milliseconds since 1970 (UTC) */
                            receivedAtMs: number;
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRecords: {
        parameters: {
            query?: {
                /** @description Only records of this kind; may be given several times */
                kind?: ("measurement" | "detections" | "event" | "log" | "task" | "lost" | "other")[];
                /** @description Id or name of the device */
                device?: string;
                /** @description Name of a deployment */
                deployment?: string;
                /** @description An instance: deployment, device and slot */
                instance?: string;
                /** @description Name of the measurement or event */
                name?: string;
                /** @description Role of the instance; live where absent, with the records of no instance */
                role?: "live" | "shadow" | "any";
                /** @description Of log lines only those of this level or a higher one */
                level?: "trace" | "debug" | "info" | "warn" | "error" | "critical";
                /** @description Only log lines whose message or context, and events whose name, contain this, in any case of letters */
                text?: string;
                /** @description Only records observed at or after this time, in milliseconds since 1970 (UTC) */
                fromMs?: number;
                /** @description Only records observed before this time, in milliseconds since 1970 (UTC) */
                toMs?: number;
                /** @description Only records committed after this cursor */
                after?: string;
                /** @description Which end the limit keeps: newest (where absent) or oldest; the order is always that of commit */
                end?: "newest" | "oldest";
                /** @description Only records committed before this cursor */
                before?: string;
                /** @description Most records answered; 100 where absent, in ndjson and csv: all that there are */
                limit?: number;
                /** @description Answer as json (where absent), ndjson or csv; goes before the header Accept */
                format?: "json" | "ndjson" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordList"];
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRanges: {
        parameters: {
            query?: {
                /** @description Only measurements of this name; may be given several times */
                name?: string[];
                /** @description Only of this device; may be given several times */
                device?: string[];
                /** @description Only of members of this fleet */
                fleet?: string;
                /** @description Only of devices with all these labels; may be given several times */
                label?: string[];
                /** @description Name of a deployment */
                deployment?: string;
                /** @description An instance: deployment, device and slot */
                instance?: string;
                /** @description Role of the instance when it measured; live where absent */
                role?: "live" | "shadow";
                /** @description Start, included; an hour before toMs where absent, in milliseconds since 1970 (UTC) */
                fromMs?: number;
                /** @description End, excluded; now where absent, in milliseconds since 1970 (UTC) */
                toMs?: number;
                /** @description What is read: records, or their sums by minute or by hour; auto where absent */
                resolution?: "auto" | "raw" | "minute" | "hour";
                /** @description Most points of a series; 500 where absent */
                maxPoints?: number;
                /** @description One series for each instance (where absent), device, value of a label (`label.floor`), or for all */
                groupBy?: string;
                /** @description How the values of one instance within a bucket become one; mean where absent. rate: increase per second of a counter, where a fall is a restart from 0 */
                aggregate?: "mean" | "min" | "max" | "sum" | "count" | "last" | "rate";
                /** @description How the instances of a group become one; where absent: mean for mean and last, min for min, max for max, else sum. count: how many instances measured */
                combine?: "mean" | "min" | "max" | "sum" | "count";
                /** @description Answer as json (where absent), ndjson or csv; goes before the header Accept */
                format?: "json" | "ndjson" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RangeList"];
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAlertRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description Lower case letters, digits and hyphens; unique within kind and project */
                            name: string;
                            spec: {
                                /** @description One sentence for who is woken up */
                                summary?: string;
                                /** @description All that are given must hold; none given: every device of the project */
                                target?: {
                                    /** @description Lower case letters, digits and hyphens; unique within kind and project */
                                    fleet?: string;
                                    /** @description CEL expression over `device` */
                                    selector?: string;
                                    /** @description Devices by id or name */
                                    devices?: string[];
                                };
                                /** @description Exactly one */
                                condition: {
                                    /** @description A device was lost, said goodbye, or was not heard since the server started */
                                    deviceSilent?: {
                                        /** @description How long a device may be gone, in milliseconds */
                                        afterMs: number;
                                        /** @description Whether a device that said goodbye counts as silent; counts where absent */
                                        offline?: "counts" | "ignored";
                                    };
                                    /** @description An instance failed too often */
                                    instanceCrashLooping?: {
                                        /** @description Lower case letters, digits and hyphens; unique within kind and project */
                                        deployment?: string;
                                        /** @description An instance in back-off with at least this many restarts counts as well; absent: only crash loops */
                                        restarts?: number;
                                    };
                                    /** @description A measurement of an instance over a window; at least one of above and below */
                                    threshold?: {
                                        /** @description Name of the measurement */
                                        name: string;
                                        /** @description Lower case letters, digits and hyphens; unique within kind and project */
                                        deployment?: string;
                                        /** @description How the values of the window become one; mean where absent */
                                        aggregate?: "mean" | "min" | "max" | "sum" | "count" | "last";
                                        /** @description Window that ends now, in milliseconds */
                                        windowMs: number;
                                        /** @description True where the value is greater */
                                        above?: number;
                                        /** @description True where the value is smaller */
                                        below?: number;
                                    };
                                    /** @description An instance that should run, on a device that is online, measures nothing */
                                    absence?: {
                                        /** @description Name of the measurement */
                                        name: string;
                                        /** @description Lower case letters, digits and hyphens; unique within kind and project */
                                        deployment?: string;
                                        /** @description Nothing was measured for this long, in milliseconds */
                                        windowMs: number;
                                    };
                                    /** @description A measurement of an instance against its own past */
                                    drift?: {
                                        /** @description Name of the measurement */
                                        name: string;
                                        /** @description Lower case letters, digits and hyphens; unique within kind and project */
                                        deployment?: string;
                                        /** @description Recent window that ends now, in milliseconds */
                                        windowMs: number;
                                        /** @description Window before it that is taken as normal, in milliseconds */
                                        pastMs: number;
                                        /** @description How many standard deviations of the past minutes the recent mean may be away from their mean */
                                        deviations: number;
                                        /** @description A smaller difference is no drift, however still the past was; 0 where absent */
                                        minChange?: number;
                                    };
                                };
                                /** @description How long it must be true without a break before it fires, in milliseconds; 0 where absent */
                                forMs?: number;
                                /** @description warning where absent */
                                severity?: "info" | "warning" | "critical";
                                /** @description Alerts that are told together in one message: of the rule (where absent), a device, a value of a label, or none */
                                groupBy?: string;
                                /** @description How long others of the group are waited for before it is told, in milliseconds; 10000 where absent */
                                groupWaitMs?: number;
                                /** @description Receivers, by name; none: only shown */
                                notify?: string[];
                            };
                            /** @description When it was first applied, in milliseconds since 1970 (UTC) */
                            createdAtMs: number;
                            /** @description When it was last applied, in milliseconds since 1970 (UTC) */
                            updatedAtMs: number;
                            /** @description Its alerts that are pending */
                            pending: number;
                            /** @description Its alerts that are firing */
                            firing: number;
                            /** @description Until then nobody is told of its alerts, in milliseconds since 1970 (UTC) */
                            mutedUntilMs?: number;
                            mutedBy?: string;
                            /** @description When it was last looked at, in milliseconds since 1970 (UTC) */
                            evaluatedAtMs?: number;
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertRule"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    muteAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MuteAlert"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertRule"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unmuteAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertRule"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestFired"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAlerts: {
        parameters: {
            query?: {
                /** @description Only alerts in this state; pending and firing where absent; may be given several times */
                state?: ("pending" | "firing" | "resolved")[];
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                rule?: string;
                /** @description Id or name of the device */
                device?: string;
                /** @description Only alerts of this severity; may be given several times */
                severity?: ("info" | "warning" | "critical")[];
                /** @description Only alerts that began at or after this time, in milliseconds since 1970 (UTC) */
                fromMs?: number;
                /** @description Only alerts that began before this time, in milliseconds since 1970 (UTC) */
                toMs?: number;
                /** @description Continue after this alert */
                after?: string;
                /** @description Most alerts answered; 100 where absent */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description An alert: one time that a condition held */
                            id: string;
                            /** @description Lower case letters, digits and hyphens; unique within kind and project */
                            rule: string;
                            /** @description pending: true, not yet for long enough; firing; resolved: no longer true after it fired */
                            state: "pending" | "firing" | "resolved";
                            severity: "info" | "warning" | "critical";
                            /** @description What is wrong, as a sentence with numbers */
                            summary: string;
                            /** @description A device, for life */
                            device: string;
                            deviceName: string;
                            /** @description An instance: deployment, device and slot */
                            instance?: string;
                            /** @description An imager of its device; survives a reboot */
                            imager?: string;
                            /** @description A deployment, for life */
                            deployment?: string;
                            deploymentName?: string;
                            /** @description Name of the measurement */
                            name?: string;
                            /** @description UCUM unit of value and limit */
                            unit?: string;
                            /** @description When it fired; before that, when it began */
                            value?: number;
                            /** @description What the value was compared with */
                            limit?: number;
                            /** @description Alerts of one rule and group are told together */
                            group: string;
                            /** @description When the condition became true, in milliseconds since 1970 (UTC) */
                            sinceMs: number;
                            /** @description When it fired, in milliseconds since 1970 (UTC) */
                            firedAtMs?: number;
                            /** @description When it was no longer true, in milliseconds since 1970 (UTC) */
                            resolvedAtMs?: number;
                            acknowledged?: {
                                /** @description When, in milliseconds since 1970 (UTC) */
                                atMs: number;
                                by: string;
                                note?: string;
                            };
                            /** @description Until then nobody is told of it, in milliseconds since 1970 (UTC) */
                            mutedUntilMs?: number;
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An alert: one time that a condition held */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acknowledgeAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An alert: one time that a condition held */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcknowledgeAlert"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    muteAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An alert: one time that a condition held */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MuteAlert"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unmuteAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An alert: one time that a condition held */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listReceivers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description Lower case letters, digits and hyphens; unique within kind and project */
                            name: string;
                            /** @description Whole for an admin, its origin for others: many services put a secret into it */
                            url: string;
                            /** @description When it was made, in milliseconds since 1970 (UTC) */
                            createdAtMs: number;
                            /** @description Deliveries under way */
                            pending: number;
                            /** @description Deliveries that were given up */
                            dead: number;
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putReceiver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutReceiver"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedReceiver"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteReceiver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                /** @description Only deliveries in this state; dead where absent; may be given several times */
                state?: ("pending" | "delivered" | "dead")[];
                /** @description Lower case letters, digits and hyphens; unique within kind and project */
                receiver?: string;
                /** @description Continue after this id */
                after?: string;
                /** @description Most deliveries answered; 100 where absent */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description The same however often it is sent */
                            id: string;
                            /** @description Lower case letters, digits and hyphens; unique within kind and project */
                            receiver: string;
                            /** @description Lower case letters, digits and hyphens; unique within kind and project */
                            rule: string;
                            /** @description An alert: one time that a condition held */
                            alert?: string;
                            event: "alert.firing" | "alert.resolved" | "alert.test";
                            /** @description pending; delivered; dead: given up after all attempts */
                            state: "pending" | "delivered" | "dead";
                            summary: string;
                            /** @description When the alert changed, in milliseconds since 1970 (UTC) */
                            createdAtMs: number;
                            /** @description How often it was sent */
                            attempts: number;
                            /** @description When it is sent next, in milliseconds since 1970 (UTC) */
                            nextAtMs?: number;
                            /** @description When the receiver took it, in milliseconds since 1970 (UTC) */
                            deliveredAtMs?: number;
                            /** @description Why the last attempt failed */
                            lastError?: string;
                        }[];
                        /** @description Value for `after` that continues the list; absent at its end */
                        next?: string;
                    };
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.conflict`: The request contradicts what exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRetention: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retention"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    editRetention: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditRetention"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retention"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamRecords: {
        parameters: {
            query?: {
                /** @description Only records of this kind; may be given several times */
                kind?: ("measurement" | "detections" | "event" | "log" | "task" | "lost" | "other")[];
                /** @description Id or name of the device */
                device?: string;
                /** @description Name of a deployment */
                deployment?: string;
                /** @description An instance: deployment, device and slot */
                instance?: string;
                /** @description Name of the measurement or event */
                name?: string;
                /** @description Role of the instance; live where absent, with the records of no instance */
                role?: "live" | "shadow" | "any";
                /** @description Of log lines only those of this level or a higher one */
                level?: "trace" | "debug" | "info" | "warn" | "error" | "critical";
                /** @description Only log lines whose message or context, and events whose name, contain this, in any case of letters */
                text?: string;
                /** @description Start after this cursor; absent: with the next record. `Last-Event-ID` goes before it */
                after?: string;
            };
            header?: {
                /** @description Cursor after which the stream goes on; sent by a client that reconnects */
                "last-event-id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["OutputRecord"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.notFound`: There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description `request.invalid`: The request does not have the documented shape */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.missing`: A token is needed; `auth.invalid`: The token is unknown, expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth.forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request.tooLarge`: The request exceeds its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.internal`: The server failed; the log has the cause */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server.busy`: The server cannot take this now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
