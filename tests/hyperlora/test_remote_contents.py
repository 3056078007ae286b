import pytest, time
@pytest.mark.real
def test_pg(postgres_uri):
    from mlflow import MlflowClient
    t=time.time()
    c = MlflowClient(tracking_uri=postgres_uri, registry_uri=postgres_uri)
    c.create_registered_model("x"); print(time.time()-t)
@pytest.mark.real
def test_srv(mlflow_server):
    from mlflow import MlflowClient
    c = MlflowClient(tracking_uri=mlflow_server, registry_uri=mlflow_server)
    t=time.time()
    c.create_registered_model("x"); print(time.time()-t)
